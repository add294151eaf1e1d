/** How the process ends; `dapo --help` prints this table. */
export const exitCodes = {
  done: 0,
  /** Something is wrong with the config, the data or the run. */
  failed: 1,
  /** The command line itself can't be understood. */
  usage: 2,
  /** A guard ended the run. */
  guard: 3,
  /** 128 + SIGINT: ended from outside; the run is saved. */
  interrupted: 130,
} as const;

export const exitCodeHelp = [
  '0    done',
  '1    something is wrong with the config, the data or the run',
  '2    the command line can not be understood',
  '3    a guard ended the run',
  '130  ended by Ctrl-C, after saving',
] as const;
