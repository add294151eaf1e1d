import { resolveUserConfig, type UserConfigResolution } from '../config/resolve-user-config.js';
import type { PluginManifest } from '../plugin/manifest.js';
import { fakeManifest, smallConfig } from './fake-manifest.js';

/** The small config with keys more, or other ones. */
export function resolveSmall(
  config: object,
  set: readonly string[] = [],
  more: readonly PluginManifest[] = [],
): Promise<UserConfigResolution> {
  return resolveUserConfig({ ...smallConfig, ...config }, { manifests: [fakeManifest, ...more], set });
}

/** The text of everything that is wrong with a config. */
export async function problemsOf(config: object, ...set: readonly string[]): Promise<string> {
  return (await resolveSmall(config, set)).problems.map(({ message }) => message).join('\n\n');
}

/** The text of everything that is worth a warning in a config that has no problem. */
export async function warningsOf(config: object, ...set: readonly string[]): Promise<string> {
  const { problems, warnings } = await resolveSmall(config, set);
  if (problems.length > 0) throw problems[0]!;
  return warnings.map(({ message }) => message).join('\n\n');
}
