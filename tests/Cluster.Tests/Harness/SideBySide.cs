// They wait for processes most of the time: more of them than there are cores can do so at once. Those that measure are alone.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
