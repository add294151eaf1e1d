import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Folder that the running Node was installed into, if its headers came along: builds then need none from the network.
 * Distributions and Node's own archives carry them.
 */
export function nodeFolder(execPath: string): string | undefined {
  const folder = path.resolve(execPath, '../..');
  const include = path.join(folder, 'include/node');
  const whole = ['node_api.h', 'common.gypi'].every((name) => existsSync(path.join(include, name)));
  return whole ? folder : undefined;
}

/** What node-gyp looks for beside the headers; the binding uses the stable interface only, so that this is enough. */
const COMMON = `{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': { 'Release': { 'cflags': ['-O2'] } },
    'cflags': ['-fPIC'],
    'cflags_cc': ['-std=gnu++17'],
  },
}
`;

/**
 * Such a folder made of npm's node-api-headers, for a Node that came without.
 *
 * @param headers folder of the package
 */
export function folderOfHeaders(headers: string, folder: string): string {
  const include = path.join(folder, 'include/node');
  mkdirSync(include, { recursive: true });
  cpSync(path.join(headers, 'include'), include, { recursive: true });
  writeFileSync(path.join(include, 'common.gypi'), COMMON);
  return folder;
}
