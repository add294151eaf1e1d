import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const clip = (cap: number): string => `import { definePlugin, tf } from '@dapo/core';
export default definePlugin({
  kind: 'clip-rule',
  name: 'mine',
  create: () => ({ perToken: ({ ratio, advantages }) => tf.neg(tf.mul(tf.minimum(ratio, ${cap}), advantages)) }),
});
`;

/** An experiment with a plugin file and a package of plugins, and a memory of its own. */
function experiment(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  const cwd = temporaryFolder({
    'package.json': '{}',
    'mine.ts': clip(2),
    'dapo.config.ts': tinyConfig.replace(
      "name: 'tiny',",
      "name: 'tiny', plugins: ['dapo-plugin-x'], loss: { clip: './mine.ts' },",
    ),
  });
  const folder = path.join(cwd, 'node_modules/dapo-plugin-x');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'package.json'),
    '{ "name": "dapo-plugin-x", "version": "1.2.3", "type": "module", "exports": "./index.js" }',
  );
  writeFileSync(
    path.join(folder, 'index.js'),
    "export default { kind: 'schedule', name: 'x', create: () => ({}), [Symbol.for('@dapo/core/plugin@1')]: 1 };\n",
  );
  return { cwd, env: { XDG_STATE_HOME: path.join(cwd, 'state') } };
}

test('code is named before it runs: once in a folder, and again when it has changed', async () => {
  const { cwd, env } = experiment();
  const first = await dapo(['validate'], { cwd, env });
  expect(first.code).toBe(0);
  expect(first.stderr.split('\n')).toEqual([
    expect.stringMatching(
      /^first time here: the config dapo\.config\.ts runs as code \(sha256 [0-9a-f]{12}; --no-exec runs none\)$/,
    ),
    expect.stringMatching(/^first time here: the package dapo-plugin-x@1\.2\.3 runs as code \(sha256 [0-9a-f]{12}; /),
    expect.stringMatching(/^first time here: the plugin file mine\.ts runs as code \(sha256 [0-9a-f]{12}; /),
    '',
  ]);
  expect(
    Object.keys(JSON.parse(readFileSync(path.join(cwd, 'state/dapo/known-code.json'), 'utf8')) as object),
  ).toHaveLength(3);

  expect((await dapo(['validate'], { cwd, env })).stderr).toBe('');
  writeFileSync(path.join(cwd, 'mine.ts'), clip(3));
  const changed = await dapo(['validate'], { cwd, env });
  expect(changed.stderr).toMatch(/^changed since it was last named: the plugin file mine\.ts runs as code .*\n$/);
  expect((await dapo(['validate'], { cwd: experiment().cwd, env })).stderr).toMatch(
    /^first time here: the config .*\n(.*\n){2}$/,
  );
});

test('a config that breaks off has been named before', async () => {
  const cwd = temporaryFolder({ 'dapo.config.ts': "throw new Error('no luck');\n" });
  const { stderr } = await dapo(['train'], { cwd });
  expect(stderr).toMatch(
    /^first time here: the config dapo\.config\.ts runs as code .*\nerror: This could not be imported: no luck/,
  );
});

test('a memory that can not be written or read takes nothing away', async () => {
  const { cwd } = experiment();
  writeFileSync(path.join(cwd, 'file'), 'nonsense');
  const env = { XDG_STATE_HOME: path.join(cwd, 'file') };
  for (let time = 0; time < 2; time++) {
    const { code, stderr } = await dapo(['validate'], { cwd, env });
    expect(code).toBe(0);
    expect(stderr.match(/^first time here: /gm)).toHaveLength(3);
  }
});

test.each([
  ['train'],
  ['validate'],
  ['config'],
  ['sft', '--out', 'warm'],
  ['ablate', '--dry-run'],
  ['generate', '1+1=', '--policy', 'x'],
])('--no-exec: dapo %j runs no config that is code, and names none', async (...args) => {
  const { cwd, env } = experiment();
  const { code, stdout, stderr } = await dapo([...args, '--no-exec'], { cwd, env });
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(
    /^error: This is code, and code is not to be run\. DAPO_CONFIG_CODE_REFUSED\n {2}where: +in .*dapo\.config\.ts$/m,
  );
  expect(stderr).not.toContain('first time here');
});

test('--no-exec reads YAML and shipped plugins, and refuses the plugins that are code, also of a run', async () => {
  const { cwd, env } = experiment();
  writeFileSync(path.join(cwd, 'plain.yaml'), 'extends: dapo\nprompts: { train: { use: arithmetic } }\n');
  expect((await dapo(['validate', 'plain.yaml', '--no-exec'], { cwd, env })).stdout).toMatch(
    /^(warning.*\n[^]*)?The config is valid/,
  );
  const refused = await dapo(['validate', 'plain.yaml', '--no-exec', '--set', 'loss.clip=./mine.ts'], {
    cwd,
    env,
  });
  expect(refused.stdout).toMatch(/«\.\/mine\.ts» could not be imported: This is code, and code is not to be run\./);

  expect((await dapo(['train', '--steps', '1', '--out', 'run'], { cwd, env })).code).toBe(0);
  for (const args of [
    ['resume', 'run', '--steps', '2'],
    ['eval', 'run'],
    ['generate', '1+1=', '--run', 'run'],
  ]) {
    const { code, stderr } = await dapo([...args, '--no-exec'], { cwd, env });
    expect([args[0], code]).toEqual([args[0], 1]);
    expect(stderr).toMatch(/«\.\/mine\.ts» could not be imported: This is code/);
  }
});

test('the manifest holds the hashes of plugins, and one that has changed is named when a run goes on', async () => {
  const { cwd, env } = experiment();
  expect((await dapo(['train', '--steps', '1', '--out', 'run'], { cwd, env })).code).toBe(0);
  const manifest = JSON.parse(readFileSync(path.join(cwd, 'run/manifest.json'), 'utf8')) as {
    plugins: Record<string, { hash?: string }>;
  };
  expect(manifest.plugins['loss.clip']!.hash).toMatch(/^[0-9a-f]{64}$/);
  expect((await dapo(['resume', 'run', '--steps', '2'], { cwd, env })).stderr).not.toContain('not all is as it was');
  writeFileSync(path.join(cwd, 'mine.ts'), clip(3));
  const { code, stderr } = await dapo(['resume', 'run', '--steps', '3'], { cwd, env });
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /warning: not all is as it was when the run was started:\n {2}loss\.clip: .*mine\.ts has changed\n/,
  );
});
