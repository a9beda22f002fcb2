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

    // FAULT_REPORT and its like: what is measured for a report runs as in production.
    private static bool Measures { get; } = Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(name => name.EndsWith("_REPORT", StringComparison.Ordinal));

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
    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, IDictionary<string, string>? environment = null) =>
        Start(name, [program, .. arguments], environment ?? new Dictionary<string, string>());

    /// <inheritdoc cref="Start(string, string, IEnumerable{string}, IDictionary{string, string}?)"/>
    public static ChildProcess Start(string name, IEnumerable<string> command, IDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("setpriv")
        {
            ArgumentList = { "--pdeathsig", "KILL" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in command)
        {
            start.ArgumentList.Add(argument);
        }

        // Of the tests' own threads; a process under test has as many as in production.
        start.Environment.Remove("DOTNET_ThreadPool_ForceMinWorkerThreads");
        if (!Measures)
        {
            // Many that live for a short while, on few cores: what pays off later, or with many cores, only costs them at the start.
            start.Environment["DOTNET_TieredPGO"] = "0";
            start.Environment["DOTNET_TC_CallCounting"] = "0";
            start.Environment["DOTNET_gcServer"] = "0";
        }

        foreach (var (key, value) in environment)
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
    public string Log() => Log(after: 0);

    /// <summary>The output after so many lines.</summary>
    public string Log(int after) => string.Join(Environment.NewLine, output.Skip(after).Prepend($"--- {Name} (pid {Id}{(HasExited ? $", exit code {ExitCode}" : "")})"));

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
