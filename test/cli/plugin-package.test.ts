import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isPlugin } from '@dapo/core';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder } from './dapo-process.js';
import { folderInCheckout, lintAndSmoke, tsc } from './plugin-project.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = folderInCheckout('plugin-package');
const engine = (JSON.parse(readFileSync(path.join(root, 'packages/core/package.json'), 'utf8')) as { version: string })
  .version;

const read = (...parts: string[]): string => readFileSync(path.join(home, ...parts), 'utf8');

test('a package of one plugin: what it says, its lint, its types, and three steps with its build', async () => {
  const { code, stdout, stderr } = await dapo(['plugin', 'new', 'clip-rule', 'my-clip', '--package'], {
    cwd: home,
  });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain("In dapo.config.ts:\n  plugins: ['dapo-plugin-my-clip'],\n  loss: { clip: 'my-clip' },\n");
  const folder = path.join(home, 'dapo-plugin-my-clip');
  expect(readdirSync(folder).sort()).toEqual([
    '.gitignore',
    'AGENTS.md',
    'LICENSE',
    'OPERATIONS.md',
    'README.md',
    'dapo.config.ts',
    'package.json',
    'src',
    'tsconfig.build.json',
    'tsconfig.json',
    'vitest.config.ts',
  ]);
  expect(JSON.parse(read('dapo-plugin-my-clip/package.json'))).toMatchObject({
    name: 'dapo-plugin-my-clip',
    description: 'The importance-weighted surrogate with the ratio held below a cap.',
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist'],
    keywords: expect.arrayContaining(['dapo-plugin', 'clip-rule']) as string[],
    dapo: { engine: `^${engine}`, plugins: { 'clip-rule': ['my-clip'] } },
    peerDependencies: { '@dapo/core': `^${engine}` },
    devDependencies: { '@dapo/core': `^${engine}`, '@dapo/cli': `^${engine}` },
  });
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (name.isFile())
      expect(readFileSync(path.join(name.parentPath, name.name), 'utf8'), name.name).not.toMatch(/capped-?ratio/i);
  }

  const { lint, types, smoke } = await lintAndSmoke(folder);
  expect([lint.code, lint.stdout]).toEqual([0, '1 plugin: nothing found.\n']);
  expect(types).toBe('');
  expect(smoke.stderr).toMatch(/^first time here: the package dapo-plugin-my-clip@0\.1\.0 runs as code /m);
  expect(smoke.stdout).toMatch(/^Finished 3 rollout steps in /m);
  const steps = read('dapo-plugin-my-clip/runs/smoke/metrics.jsonl')
    .split('\n')
    .filter((line) => line.includes('"kind":"step"'));
  expect(steps).toHaveLength(3);
  for (const step of steps) expect(step).toContain('"loss/capped":');
  expect(JSON.parse(read('dapo-plugin-my-clip/runs/smoke/manifest.json'))).toMatchObject({
    plugins: {
      'loss.clip': {
        name: 'my-clip',
        origin: 'dapo-plugin-my-clip@0.1.0',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    },
  });
}, 300_000);

test('what npm would publish is the build, and no test or source', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: path.join(home, 'dapo-plugin-my-clip'),
  });
  const [{ files }] = JSON.parse(stdout.toString()) as [{ files: { path: string }[] }];
  expect(files.map((file) => file.path).sort()).toEqual([
    'LICENSE',
    'README.md',
    'dist/index.d.ts',
    'dist/index.js',
    'dist/my-clip.d.ts',
    'dist/my-clip.js',
    'package.json',
  ]);
});

test('who installs it has its name complete, its options checked, and nothing of the engine twice', async () => {
  const built = (await import(path.join(home, 'dapo-plugin-my-clip/dist/index.js'))) as Record<string, unknown>;
  expect(isPlugin(built['myClip'])).toBe(true);
  writeFileSync(
    path.join(home, 'dapo-plugin-my-clip/user.ts'),
    [
      "import { defineConfig } from '@dapo/core';",
      "import type {} from 'dapo-plugin-my-clip';",
      "export const right = defineConfig({ loss: { use: 'policy-gradient', clip: { use: 'my-clip', cap: 3 } } });",
      '// @ts-expect-error -- the option is called cap',
      "export const wrong = defineConfig({ loss: { use: 'policy-gradient', clip: { use: 'my-clip', top: 3 } } });",
      '// @ts-expect-error -- a name that nobody has',
      "export const unknown = defineConfig({ loss: { use: 'policy-gradient', clip: 'my-clop' } });",
    ].join('\n'),
  );
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2022',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['@dapo/plugins'],
  };
  writeFileSync(
    path.join(home, 'dapo-plugin-my-clip/user.json'),
    JSON.stringify({ compilerOptions, files: ['user.ts'] }),
  );
  expect(tsc(path.join(home, 'dapo-plugin-my-clip'), 'user.json')).toBe('');
});

test('another plugin of the package stands in src/, under its name, once two lines are added', async () => {
  const cwd = path.join(home, 'dapo-plugin-my-clip');
  const line = "export { default as otherClip } from './other-clip.js';";
  const dry = await dapo(['plugin', 'new', 'clip-rule', 'other-clip', '--dry-run', '--json'], { cwd });
  expect(JSON.parse(dry.stdout)).toMatchObject({
    additions: [
      { where: 'src/index.ts', lines: [line] },
      { where: 'package.json, under dapo.plugins', lines: ['"clip-rule": ["my-clip", "other-clip"]'] },
    ],
  });
  const { code, stdout, stderr } = await dapo(['plugin', 'new', 'clip-rule', 'other-clip'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`\nIn src/index.ts:\n  ${line}\n`);
  expect(stdout).toContain('\nIn package.json, under dapo.plugins:\n  "clip-rule": ["my-clip", "other-clip"]\n');
  expect(stdout).toContain("\nIn dapo.config.ts:\n  loss: { clip: 'other-clip' },\n");
  expect(stdout).toMatch(
    /\n {2}npx vitest run src\/other-clip\.test\.ts\n[^]* {2}npm run build\n {2}npx dapo train --set loss\.clip=other-clip --steps 3\n$/,
  );
  expect(existsSync(path.join(cwd, 'plugins'))).toBe(false);
  expect(existsSync(path.join(cwd, 'src/other-clip.test.ts'))).toBe(true);
  expect(read('dapo-plugin-my-clip/src/other-clip.ts')).toContain(
    "With `plugins: ['dapo-plugin-my-clip']` in a config",
  );

  appendFileSync(path.join(cwd, 'src/index.ts'), `${line}\n`);
  const packageJson = read('dapo-plugin-my-clip/package.json');
  const named = JSON.parse(packageJson) as { dapo: { plugins: object } };
  named.dapo.plugins = { 'clip-rule': ['my-clip', 'other-clip'] };
  writeFileSync(path.join(cwd, 'package.json'), JSON.stringify(named));
  const { lint, types } = await lintAndSmoke(cwd);
  expect([lint.stdout, types]).toEqual(['2 plugins: nothing found.\n', '']);
  const trained = await dapo(['train', '--set', 'loss.clip=other-clip', '--steps', '3', '--out', 'runs/other'], {
    cwd,
  });
  expect(trained.stdout).toMatch(/^Finished 3 rollout steps in /m);
});

test('a folder may be named, nothing is overwritten, and a dry run writes nothing', async () => {
  const cwd = temporaryFolder();
  const dry = await dapo(['plugin', 'new', 'reward', 'mine', '--package', 'there', '--dry-run', '--json'], {
    cwd,
  });
  expect(JSON.parse(dry.stdout)).toMatchObject({
    kind: 'reward',
    name: 'mine',
    folder: 'there',
    next: ['cd there', 'npm install', 'npm test', 'npm run lint', 'npm run smoke', 'npm publish --dry-run'],
  });
  expect(existsSync(path.join(cwd, 'there'))).toBe(false);
  expect((await dapo(['plugin', 'new', 'reward', 'mine', '--package', '.'], { cwd })).code).toBe(0);
  expect((await dapo(['plugin', 'new', 'reward', 'mine', '--package', '.'], { cwd })).stderr).toContain(
    'DAPO_CLI_FILES_THERE',
  );
});

test('dapo init with the template gives the same package under the name of its folder', async () => {
  await dapo(['init', 'Good clip', '--template', 'plugin-package', '--yes'], { cwd: home });
  expect(JSON.parse(read('Good clip/package.json'))).toMatchObject({
    name: 'dapo-plugin-good-clip',
    dapo: { engine: `^${engine}`, plugins: { 'clip-rule': ['capped-ratio'] } },
  });
  expect(read('Good clip/dapo.config.ts')).toContain("plugins: ['dapo-plugin-good-clip'],");
  expect(read('Good clip/README.md')).toMatch(/^# dapo-plugin-good-clip\n/);
});

test('the plugin of the template is the one that dapo plugin new writes', () => {
  for (const ending of ['.ts', '.test.ts']) {
    const skeleton = readFileSync(path.join(root, `packages/cli/skeletons/my-clip-rule${ending}`), 'utf8');
    const expected = skeleton
      .replaceAll('./plugins/my-clip-rule.ts', 'dapo-plugin-capped-ratio')
      .replaceAll('my-clip-rule', 'capped-ratio');
    expect(readFileSync(path.join(root, `templates/plugin-package/src/capped-ratio${ending}`), 'utf8')).toBe(expected);
  }
});
