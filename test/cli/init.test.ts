import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder } from './dapo-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const own = JSON.parse(readFileSync(path.join(root, 'packages/cli/package.json'), 'utf8')) as {
  version: string;
};

/** Files that make a folder a whole project, whichever the template. */
const complete = [
  '.gitignore',
  'AGENTS.md',
  'OPERATIONS.md',
  'README.md',
  expect.stringMatching(/^dapo\.config\.(ts|yaml)$/),
  'package.json',
];

/** Where a project keeps plugins of its own; a package of plugins has sources. */
const pluginFolders = ['plugins', 'src'];

test('a new folder is a whole project, and the next commands are printed', async () => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = await dapo(['init', 'My First!', '--yes'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  const folder = path.join(cwd, 'My First!');
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(complete));
  expect(stdout).toMatch(/\nNext:\n {2}cd 'My First!'\n {2}npm install\n {2}npm test\n {2}npx dapo train\n$/);
  const made = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<string, object>;
  const dapoRange = `^${own.version}`;
  expect(made).toMatchObject({
    name: 'my-first',
    private: true,
    type: 'module',
    dependencies: { '@dapo/cli': dapoRange, '@dapo/core': dapoRange, '@dapo/plugins': dapoRange },
    devDependencies: { vitest: expect.any(String) as string },
  });
  expect((await dapo(['validate'], { cwd: folder })).stdout).toMatch(/^The config is valid/);
});

test('every template has what makes a project whole, and names the questions of operations', async () => {
  const { stdout } = await dapo(['init', '--list', '--json']);
  const templates = JSON.parse(stdout) as { name: string; description: string }[];
  expect(templates.map(({ name }) => name)).toContain('arithmetic');
  for (const { name, description } of templates) {
    expect(description, name).not.toBe('');
    const cwd = temporaryFolder();
    const { code } = await dapo(['init', 'x', '--template', name], { cwd });
    expect([name, code]).toEqual([name, 0]);
    const files = readdirSync(path.join(cwd, 'x'));
    expect(files, name).toEqual(expect.arrayContaining(complete));
    expect(
      files.some((file) => pluginFolders.includes(file)),
      name,
    ).toBe(true);
    const operations = readFileSync(path.join(cwd, 'x/OPERATIONS.md'), 'utf8');
    for (const heading of ['Evaluation set', 'Gates', 'Roll-back', 'Data and licences', 'Misuse', 'Review dates'])
      expect(operations, name).toMatch(new RegExp(`^## ${heading}`, 'm'));
    const agents = readFileSync(path.join(cwd, 'x/AGENTS.md'), 'utf8');
    for (const heading of ['Layout', 'Commands', 'What not to touch'])
      expect(agents, name).toContain(`\n## ${heading}\n`);
  }
});

test('a dry run says what it would write, and writes nothing', async () => {
  const cwd = temporaryFolder();
  const { code, stdout } = await dapo(['init', 'x', '--dry-run'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Would write x, from the template arithmetic:\n/);
  expect(stdout).toContain('\n  dapo.config.ts\n');
  expect(existsSync(path.join(cwd, 'x'))).toBe(false);
});

test('nothing is overwritten: one file that is there, and none is written', async () => {
  const cwd = temporaryFolder({ 'README.md': 'mine' });
  for (const args of [
    ['init', '.'],
    ['init', '.', '--dry-run'],
  ]) {
    const { code, stderr } = await dapo(args, { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: Nothing was written: README\.md is there already\. DAPO_CLI_FILES_THERE\n/);
  }
  expect(readdirSync(cwd)).toEqual(['README.md']);
  expect(readFileSync(path.join(cwd, 'README.md'), 'utf8')).toBe('mine');
});

test('a folder with other files in it may become an experiment', async () => {
  const cwd = temporaryFolder({ 'notes.txt': 'mine' });
  const { code, stdout } = await dapo(['init', '.'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nNext:\n {2}npm install\n/);
});

test('JSON names folder, template, files and the next commands', async () => {
  const cwd = temporaryFolder();
  const { stdout } = await dapo(['init', '--json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    folder: 'arithmetic',
    template: 'arithmetic',
    files: expect.arrayContaining(['dapo.config.ts', 'plugins/final-number.ts']) as string[],
    next: ['cd arithmetic', 'npm install', 'npm test', 'npx dapo train'],
  });
  expect(existsSync(path.join(cwd, 'arithmetic/base/model.safetensors'))).toBe(true);
});

test('a template that is not there is answered with the nearest one', async () => {
  const { code, stderr } = await dapo(['init', 'x', '--template', 'arithmetc'], { cwd: temporaryFolder() });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: There is no template «arithmetc»\. DAPO_CLI_UNKNOWN_TEMPLATE\n[^]*nearest: {2}arithmetic\n/,
  );
});

const templates = readdirSync(path.join(root, 'templates'));

test.each(templates)('the commands that the pages of %s name exist, and so do the scripts', async (template) => {
  const folder = path.join(root, 'templates', template);
  const text = ['AGENTS.md', 'README.md'].map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n');
  const named = (pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([, name]) => name!))];
  const { stdout } = await dapo(['--help']);
  for (const command of named(/npx dapo ([a-z-]+)/g)) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  const { scripts } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    scripts: object;
  };
  for (const script of named(/npm run ([a-z:-]+)/g)) expect(scripts).toHaveProperty(script);
});

test('the last of the next commands begins the work: what the script start of the template says', async () => {
  const { stdout } = await dapo(['init', '--template', 'ablation', '--json'], { cwd: temporaryFolder() });
  const { next } = JSON.parse(stdout) as { next: string[] };
  expect(next).toEqual(['cd ablation', 'npm install', 'npm test', 'npx dapo ablate --study ladder']);
});

test('what OPERATIONS.md says that the runs of a README reach stands in that README', () => {
  const pages = templates.map((template) =>
    ['OPERATIONS.md', 'README.md'].map((name) => readFileSync(path.join(root, 'templates', template, name), 'utf8')),
  );
  const quoting = pages.flatMap(([operations, readme]) => {
    const reached = /the README's runs? reach(?:es)? (.*) %/.exec(operations!)?.[1];
    return reached === undefined ? [] : [{ numbers: reached.split(' and '), readme }];
  });
  expect(quoting.length).toBeGreaterThanOrEqual(4);
  for (const { numbers, readme } of quoting) for (const number of numbers) expect(readme).toContain(` ${number} %`);
});
