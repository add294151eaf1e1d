import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf, root, titleOf } from '../reference/documented-configs.js';
import { commandsOf } from '../reference/shell-commands.js';

/** Inside of the checkout, where an experiment finds the packages without an install. */
const scratch = path.join(root, 'runs/guides');
const bins: Readonly<Record<string, string>> = {
  dapo: path.join(root, 'packages/cli/bin/dapo.mjs'),
  vitest: path.join(root, 'node_modules/vitest/vitest.mjs'),
};

/** Guides that go on in the folder of one another are one road. */
const roads: Readonly<Record<string, readonly string[]>> = {
  'first-run': [
    'docs/guide/first-run.md',
    'docs/guide/metrics.md',
    'docs/guide/configuration.md',
    'docs/guide/testing.md',
  ],
  'your-own-data': ['docs/guide/your-own-data.md', 'docs/guide/your-own-reward.md', 'docs/guide/writing-a-sampler.md'],
  'your-own-technique': ['docs/guide/your-own-technique.md'],
  'README.ja': ['README.ja.md'],
};

/** What a guide takes for granted, or a test can't do. */
function isLeftOut([program, command]: readonly string[]): boolean {
  return program === 'npm' && ['start', 'install', 'create', 'publish', 'pack', 'test'].includes(command!);
}

/** The same command at a price that a test can pay: a step or two, a few problems. */
function cheap(words: readonly string[]): string[] {
  const [, program, command] = words;
  if (program !== 'dapo') return [...words];
  const small = ['--set', 'rollout.prompts=4', '--set', 'rollout.groupSize=4', '--set', 'update.miniBatch=8'];
  if (command === 'train')
    return [...without(words, '--steps'), '--steps', '2', ...small, '--set', 'evaluation.problems=4'];
  if (command === 'sft') return [...without(words, '--steps'), '--steps', '3'];
  if (command === 'eval') return [...without(words, '--k'), '--k', '2', '--problems', '4'];
  if (command === 'ablate') {
    const least = ['--seeds', '2', '--budget', 'steps=1', '--no-pilot'];
    return [...without(without(words, '--seeds'), '--budget'), ...least, ...small, '--set', 'evaluation.problems=4'];
  }
  return [...words];
}

function without(words: readonly string[], option: string): string[] {
  const at = words.indexOf(option);
  return at === -1 ? [...words] : [...words.slice(0, at), ...words.slice(at + 2)];
}

async function run(
  words: readonly string[],
  cwd: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const [program, ...args] = words[0] === 'npx' ? words.slice(1) : words;
  const file = bins[program!];
  const own = Object.entries(process.env).filter(([key]) => !/^(VITEST|NODE_ENV|TEST|FORCE_COLOR)/.test(key));
  const env = { ...Object.fromEntries(own), NO_COLOR: '1', XDG_STATE_HOME: path.join(scratch, 'state') };
  const child = spawn(process.execPath, file ? [file, ...args] : args, { cwd, env });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Follows a page from top to bottom: saves its files, types its commands. */
async function follow(page: string, start: string): Promise<string> {
  let cwd = start;
  for (const block of blocksOf(readFileSync(path.join(root, page), 'utf8'))) {
    const file = titleOf(block);
    if (file) {
      mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true });
      writeFileSync(path.join(cwd, file), block.text);
    }
    if (block.language !== 'sh') continue;
    for (const words of commandsOf(block.text)) {
      if (isLeftOut(words)) continue;
      if (words[0] === 'cd') cwd = path.join(cwd, words[1]!);
      else {
        // Two roads may begin with the same command: the folder is there, then.
        if (words[2] === 'init' && existsSync(path.join(cwd, words[3]!))) continue;
        const typed = cheap(words);
        const { code, output } = await run(typed, cwd);
        expect(`${page}:${block.line} ${typed.join(' ')}: ${code === 0 ? 'done' : output}`).toBe(
          `${page}:${block.line} ${typed.join(' ')}: done`,
        );
      }
    }
  }
  return cwd;
}

beforeAll(() => rmSync(scratch, { recursive: true, force: true }));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(Object.entries(roads))('%s: every command can be typed in the order of the guide', async (name, guides) => {
  let cwd = path.join(scratch, name);
  mkdirSync(cwd, { recursive: true });
  for (const page of guides) cwd = await follow(page, cwd);
});
