import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dapo, tinyConfig } from '../cli/dapo-process.js';
import { folderOf } from './wrong-input.js';

const { folder, dispose } = folderOf({
  'dapo.config.ts': tinyConfig,
  'trained.yaml': 'extends: ./dapo.config.ts\nprompts: { heldOut: false }\nevaluation: { every: 0 }\n',
  'full/file.txt': '',
  'none.json': '{ "kind": "list", "variants": [] }',
  'empty.json': '{ "kind": "list" }',
  'list.json': '{ "kind": "list", "variants": [{ "name": "narrow", "set": ["loss.clip.high=0.2"] }] }',
  'same.json': '{ "kind": "list", "variants": [{ "name": "same", "set": ["seed=1"] }] }',
  'twice.json':
    '{ "kind": "list", "variants": [{ "name": "a", "set": ["loss.clip=clip"] }, { "name": "A", "set": ["loss.clip=none"] }] }',
  'wrong.json':
    '{\n  "kind": "list",\n  "variant": [],\n  "variants": [\n    { "name": "narrow", "sett": ["loss.clip.high=0.2"] },\n    { "name": "wide", "set": ["loss"] }\n  ]\n}\n',
  'kind.json': '{ "kind": "lsit" }',
  'kindless.json': '[1]',
  'cut.json': '{ "kind": "list",\n  "variants": [ }',
  'values.json': '{ "kind": "grid", "grid": { "loss.clip.high": 0.2, "seed": [] } }',
  'bare.yaml':
    'extends: ./dapo.config.ts\nprompts: { train: { use: jsonl, file: rows.jsonl, reference: false, split: all }, heldOut: false }\nevaluation: { every: 0 }\nfilters: { outcomes: false }\n',
  'rows.jsonl': '{"prompt": "1+1="}\n',
  'taken/package.json': '{}',
});

beforeAll(async () => {
  const { code, stderr } = await dapo(['train', 'trained.yaml', '--quiet', '--steps', '1', '--out', 'runs/done'], {
    cwd: folder,
  });
  expect(stderr).toMatch(/^first time here: the config dapo\.config\.ts runs as code .*\n$/);
  expect(code).toBe(0);
  const spent = ['--set', 'budget.generatedTokens=10', '--out', 'runs/spent'];
  const silent = ['--set', 'trackers.jsonl=false', '--steps', '1', '--out', 'silent'];
  for (const more of [spent, silent])
    expect((await dapo(['train', 'trained.yaml', '--quiet', ...more], { cwd: folder })).code).toBe(0);
});
afterAll(dispose);

test.each([
  [['trian'], 2],
  [['train', '--sed', '3'], 2],
  [['train', '--steps', 'many'], 2],
  [['train', '--steps', '0'], 2],
  [['train', '--set'], 2],
  [['train', 'a.yaml', 'b.yaml'], 2],
  [['train', '--quiet', '--verbose'], 2],
  [['eval'], 2],
  [['eval', 'runs/done', '--temperature', '-1'], 2],
  [['eval', 'runs/done', '--top-p', '5'], 2],
  [['eval', 'runs/done', '--top-p', '0'], 2],
  [['ablate', '--study', 'grid', '--grid', 'loss.clip.high'], 2],
  [['ablate', '--study', 'grid', '--grid', '=[0.2]'], 2],
  [['generate'], 2],
  [['generate', '1+1=', '--run', 'runs/done', '--policy', 'x'], 2],
  [['train', 'nothing.yaml'], 1],
  [['train', '--set', 'sampler=dynamc'], 1],
  [['train', 'trained.yaml', '--out', 'runs/done'], 1],
  [['train', '--backend', 'wsm'], 1],
  [['resume', 'runs/none'], 1],
  [['resume', 'runs/done'], 1],
  [['resume', 'runs/spent'], 1],
  [['reproduce', 'silent'], 1],
  [['eval', 'runs'], 1],
  [['eval', 'runs/done'], 1],
  [['eval', 'runs/done/checkpoints/step-000009'], 1],
  [['generate', '1+1='], 1],
  [['generate', 'eins', '--run', 'runs/done'], 1],
  [['generate', '1+1=', '--run', 'runs/done', '--max-length', '100'], 1],
  [['generate', '1+1=', '--policy', 'full'], 1],
  [['sft', '--out', 'full'], 1],
  [['sft', 'bare.yaml', '--steps', '1', '--out', 'warm'], 1],
  [['init', 'new', '--template', 'arithmetc', '--yes'], 1],
  [['init', 'taken', '--template', 'arithmetic', '--yes'], 1],
  [['plugin', 'new', 'rewrad', 'mine'], 1],
  [['plugin', 'new', 'reward', 'My_Reward'], 1],
  [['plugin', 'test'], 1],
  [['plugin', 'lint', 'none.ts'], 1],
  [['plugin', 'test', 'dapo.config.ts'], 1],
  [['plugin', 'test', 'dapo.config.ts', '--options', '{least}'], 1],
  [['ablate', '--study', 'lader', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'empty.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'wrong.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'kind.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'kindless.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'cut.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'values.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'same.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'twice.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', 'trained.yaml', '--study', 'list.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'list.json', '--set', 'trackers.jsonl.file=log.jsonl', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'none.json', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'list.json', '--set', 'update.miniBatch=8', '--dry-run', '--no-pilot'], 1],
  [['ablate', '--study', 'grid', '--dry-run', '--no-pilot'], 1],
  [['config', '--preset', 'dpo'], 1],
  [['config', 'dapo.config.ts', '--preset', 'dapo'], 1],
  [['validate', '--set', 'seed'], 1],
  [['plugins', 'clip-highr'], 1],
  [['plugins', 'loss/clip-higher'], 1],
  [['doctor', '--backend', 'wsm'], 1],
  [['bench', '--configs', 'A,F'], 1],
  [['bench', 'trained.yaml', '--configs', 'A'], 1],
  [['explain', 'DAPO_CONFIG_UNKNOWN_KY'], 1],
  [['explain', 'nothing-like-it'], 1],
] as const)('dapo %j', async (args, expected) => {
  const { code, stdout, stderr } = await dapo(args, { cwd: folder });
  const text = (stderr + (args[0] === 'validate' ? stdout : ''))
    .replaceAll(folder + path.sep, '')
    .replaceAll(folder, 'FOLDER');
  expect(code).toBe(expected);
  expect(text).toMatch(/ DAPO_[A-Z]+_[A-Z_]+$/m);
  expect(text).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(text).toMatchSnapshot();
});
