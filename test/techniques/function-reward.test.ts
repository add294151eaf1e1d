import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  changesSince,
  createRun,
  openRun,
  resolveUserConfig,
  validate,
  type Metrics,
  type RunManifest,
  type UserConfig,
} from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import { describe, expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { folderOf } from '../errors/wrong-input.js';
import { smallWorld } from './tabular-run.js';

const manifests = [testingManifest, pluginsManifest];
/** The share of letters b among those of a response. */
const SHARE = `import type { RewardItem } from '@dapo/core';
export default ({ response }: RewardItem) => {
  const letters = [...response.text];
  return letters.filter((letter) => letter === 'b').length / Math.max(1, letters.length);
};
export const later = async (item: RewardItem) => { await new Promise((done) => setTimeout(done, 1)); return { reward: 1, correct: item.response.text === 'b', answer: item.response.text }; };
export const broken = ({ prompt }: RewardItem) => { if (prompt.id === 'letter-2') throw new TypeError('no judge at hand'); return 1; };
export const nothing = () => undefined;
export const notANumber = () => 0 / 0;
export const verdict = () => ({ reward: 1, correct: true });
export const version = 3;
`;

/** What becomes of a run with a function for its reward, whatever goes wrong. */
async function withFunction<T>(
  reward: object,
  use: (
    config: UserConfig,
    options: { cwd: string; manifests: typeof manifests; print: () => undefined },
  ) => Promise<T>,
): Promise<T> {
  const { folder, dispose } = folderOf({ 'reward.ts': SHARE });
  const config = {
    extends: 'grpo',
    ...smallWorld,
    rewards: { answer: false, mine: { use: 'function', path: './reward.ts', ...reward } },
  };
  try {
    return await use(config as unknown as UserConfig, { cwd: folder, manifests, print: () => undefined });
  } finally {
    dispose();
  }
}

const train = (reward: object, set: readonly string[] = []): Promise<Metrics[]> =>
  withFunction(reward, async (config, options) => {
    const run = await createRun(config, { ...options, set });
    const steps: Metrics[] = [];
    run.on('step:finished', ({ metrics }) => void steps.push(metrics));
    await run.train().finally(() => run.dispose());
    return steps;
  });

const complaint = (reward: object, set: readonly string[] = []): Promise<string> =>
  train(reward, set).then(
    () => 'nothing was wrong',
    (error: Error) => error.message.replace(/\/\S*\/(?=\w+\.ts)/g, 'FOLDER/'),
  );

describe('a reward function of the user’s own', () => {
  test('is what the policy learns', async () => {
    const steps = await train({}, ['budget.rolloutSteps=8']);
    expect(steps.at(-1)!['reward/mean']).toBeGreaterThan(steps[0]!['reward/mean']! + 0.2);
  });

  test('may be async and judge, so that filters and majority votes can rely on it', async () => {
    const steps = await train({ export: 'later', judges: true }, [
      'filters.outcomes=mixed-outcomes',
      'sampler=dynamic',
    ]);
    expect(steps[0]!['rollout/live-groups']).toBe(0);
    expect(steps[0]!['rollout/accuracy']).toBeGreaterThan(0);
  });

  test('is weighted like any other', async () => {
    const [plain, doubled] = [await train({}), await train({ weight: 2 })];
    expect(doubled[0]!['reward/mean']).toBeCloseTo(2 * plain[0]!['reward/mean']!, 5);
  });

  test('stands in the manifest with its hash, and a resume names one that has changed', () =>
    withFunction({}, async (config, options) => {
      const folder = path.join(options.cwd, 'run');
      const run = await createRun(config, { ...options, folder });
      await run.train().finally(() => run.dispose());
      const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as RunManifest;
      const file = path.join(options.cwd, 'reward.ts');
      expect(manifest.plugins['rewards.mine']!.modules).toEqual([
        { file, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      ]);
      const changes = async (): Promise<string[]> =>
        changesSince(manifest, (await resolveUserConfig((await openRun(folder)).config, options)).plugins, options);
      expect(await changes()).toEqual([]);
      writeFileSync(file, `${SHARE}// another\n`);
      expect(await changes()).toEqual([`rewards.mine: ${file} has changed`]);
    }));

  test('is no code to run where none may run', () =>
    withFunction({}, async (config, options) => {
      const { problems } = await validate(config, { ...options, noExec: true });
      expect(problems.map(({ message }) => message).join('\n')).toContain(
        'reward function: «./reward.ts» could not be imported',
      );
    }));
});

describe('what is wrong with it is told before anything starts', () => {
  test('a file that is not there', async () => {
    expect(await complaint({ path: './other.ts' })).toMatchInlineSnapshot(`
      "1 problem found.

      reward function: «./other.ts» could not be imported: There is no such file.
        where:    at rewards.mine.path, in FOLDER/other.ts
        do:       relative paths start from the folder of the config"
    `);
  });

  test('an export that is not there', async () => {
    expect(await complaint({ export: 'latr' })).toMatchInlineSnapshot(`
      "1 problem found.

      reward function: FOLDER/reward.ts exports no function «latr».
        where:    at rewards.mine.export
        do:       name one that it exports: broken, default, later, notANumber, nothing, verdict"
    `);
  });

  test('an export that is no function', async () => {
    expect(await complaint({ export: 'version' })).toContain('reward.ts exports no function «version».');
  });

  test('a name that is no path', async () => {
    expect(await complaint({ path: 'reward.ts' })).toMatchInlineSnapshot(`
      "1 problem found.

      rewards.mine.path has a value that does not fit.
        where:    at rewards.mine.path
        expected: the path of a file, from the folder of the config: ./my-reward.ts; File that has the function
        received: "reward.ts""
    `);
  });
});

describe('what is wrong with what it does is told with plugin, step, file and prompt', () => {
  test.each([
    ['throws', { export: 'broken' }],
    ['gives nothing', { export: 'nothing' }],
    ['gives NaN', { export: 'notANumber' }],
    ['judges without saying so', { export: 'verdict' }],
    ['does not judge and says so', { judges: true }],
  ])('where it %s', async (_, reward) => {
    const text = await complaint(reward);
    expect(text).toContain('reward function threw in rollout step 1');
    expect(text).toMatchSnapshot();
  });
});
