using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>
/// A process of the cluster under test, with its output and the signals a fault is made of. It dies with the test
/// process, also when that is killed.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();

    private ChildProcess(string name, Process process)
    {
        Name = name;
        this.process = process;
    }

    /// <summary>What the process is called in messages.</summary>
    public string Name { get; }

    /// <summary>The process id.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>The exit code, once ended.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Completes when it has ended and all of its output is here.</summary>
    public Task Exited => process.WaitForExitAsync();

    /// <summary>Every line it has written so far.</summary>
    public IReadOnlyCollection<string> Output => output;

    /// <summary>Starts a program under <c>setpriv --pdeathsig</c>, so that the kernel ends it with this process.</summary>
    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, IDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("setpriv")
        {
            ArgumentList = { "--pdeathsig", "KILL", program },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var child = new ChildProcess(name, new Process { StartInfo = start });
        child.process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        child.process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        ChildThread.Run(() => child.process.Start());
        child.process.StandardInput.Close();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>SIGKILL: it is gone at once.</summary>
    public Task Kill()
    {
        Signal(SigKill);
        return Exited;
    }

    /// <summary>SIGTERM: it stops in good order.</summary>
    public Task Terminate()
    {
        Signal(SigTerm);
        return Exited;
    }

    /// <summary>SIGSTOP: it hangs, its connections stay open.</summary>
    public void Suspend() => Signal(SigStop);

    /// <summary>SIGCONT: it goes on where it was.</summary>
    public void Resume() => Signal(SigCont);

    /// <summary>The whole output, for a failure's message.</summary>
    public string Log() => string.Join(Environment.NewLine, output.Prepend($"--- {Name} (pid {Id}{(HasExited ? $", exit code {ExitCode}" : "")})"));

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            await Kill();
        }

        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            output.Enqueue(line);
        }
    }

    private void Signal(int signal)
    {
        if (!HasExited && NativeMethods.Kill(Id, signal) != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Signal {signal} did not reach {Name}."));
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int pid, int signal);
    }
}
