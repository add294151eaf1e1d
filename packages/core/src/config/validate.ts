import type { DapoError } from '../errors/dapo-error.js';
import type { LoadedConfig } from './layers.js';
import { resolveUserConfig, type ConfigOptions } from './resolve-user-config.js';
import type { UserConfig } from './user-config.js';

/**
 * Everything that is wrong with a config, and what is worth a warning: plugins, options, sizes and what must fit
 * together. Takes less than a second, makes no tensor, and never throws.
 */
export async function validate(
  config: UserConfig | LoadedConfig,
  options: ConfigOptions,
): Promise<{ readonly problems: readonly DapoError[]; readonly warnings: readonly DapoError[] }> {
  const { problems, warnings } = await resolveUserConfig(config, options);
  return { problems, warnings };
}
