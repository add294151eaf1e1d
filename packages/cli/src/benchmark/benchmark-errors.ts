import { CommandError } from '../command-error.js';

/** --configs names none that there is. */
export function unknownConfiguration(
  name: string,
  known: readonly string[],
  nearest: string | undefined,
): CommandError {
  return new CommandError(`There is no built-in configuration «${name}».`, {
    code: 'DAPO_CLI_UNKNOWN_CONFIGURATION',
    expected: `some of ${known.join(', ')}, as --configs A,B; or a config file as the argument`,
    nearest,
  });
}

/** Either a config of one's own or built-in ones. */
export function configWithConfigurations(file: string): CommandError {
  return new CommandError(`--configs measures built-in configurations, and ${file} was named as well.`, {
    code: 'DAPO_CLI_CONFIG_WITH_CONFIGURATIONS',
    hint: 'leave out one of them',
  });
}
