import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('publint, are-the-types-wrong and the recorded surfaces have nothing to say of any package', async () => {
  await promisify(execFile)(process.execPath, ['scripts/check-packages.mjs'], { cwd: root });
});

test('all that a user installs runs on Node 20.19', () => {
  const lock = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as {
    packages: Record<string, { dev?: boolean; engines?: { node?: string } }>;
  };
  const runs = (range: string): boolean =>
    range.split('||').some((part) => {
      const [, sign = '>=', major = '0', minor = '0'] = /^\s*(\D*?)\s*(\d+)(?:\.(\d+))?/.exec(part) ?? [];
      if (sign.includes('>')) return Number(major) < 20 || (Number(major) === 20 && Number(minor) <= 19);
      return Number(major) === 20 && Number(minor) <= 19;
    });
  const tooNew = Object.entries(lock.packages)
    .filter(([name, { dev }]) => name !== '' && !dev)
    .filter(([, { engines }]) => engines?.node !== undefined && engines.node !== '*' && !runs(engines.node));
  expect(tooNew.map(([name, { engines }]) => `${name}: ${engines!.node}`)).toEqual([]);
});

test('the four packages have one version, and ask for each other by it', () => {
  const { version } = JSON.parse(readFileSync(`${root}/lerna.json`, 'utf8')) as { version: string };
  for (const name of ['core', 'plugins', 'cli', 'create-dapo']) {
    const own = JSON.parse(readFileSync(`${root}/packages/${name}/package.json`, 'utf8')) as {
      version: string;
      dependencies?: Record<string, string>;
      peerDependencies?: Record<string, string>;
    };
    expect(own.version, name).toBe(version);
    for (const [other, range] of Object.entries({ ...own.dependencies, ...own.peerDependencies }))
      if (other.startsWith('@dapo/')) expect(range, `${name} → ${other}`).toBe(`^${version}`);
  }
});
