import { definePlugin, isDapoError, isFilePath, settling, tokens, z } from '@dapo/core';
import type { Modules, RewardContext, RewardItem, RewardValue } from '@dapo/core';

const options = z.strictObject({
  path: z
    .string()
    .refine(isFilePath, 'the path of a file, from the folder of the config: ./my-reward.ts')
    .describe('File that has the function'),
  export: z.string().min(1).default('default').describe('Name of the function among the exports of the file'),
  judges: z
    .boolean()
    .default(false)
    .describe(
      'The function says which answers are right: it gives { reward, correct } and, for majority votes, answer',
    ),
});
type Options = z.output<typeof options>;

/** Scores one response; what it may give is what a RewardFn may give for one. */
export type ScoreOne = (item: RewardItem, context: RewardContext) => RewardValue | Promise<RewardValue>;

/** The value with the number in it, where it is of the form that was announced. */
function isReward(value: unknown, judges: boolean): value is RewardValue {
  if (value === null) return true;
  if (value instanceof Float32Array) return !judges;
  if (typeof value !== 'object') return !judges && Number.isFinite(value);
  const { reward, correct } = value as { readonly reward?: unknown; readonly correct?: unknown };
  return judges && Number.isFinite(reward) && typeof correct === 'boolean';
}

function wrongResult(name: string, sample: string, value: unknown, judges: boolean): Error {
  const verdict = typeof value === 'object' && value !== null && 'correct' in value;
  const expected = judges
    ? '{ reward, correct }, or null where it can not be scored'
    : 'a finite number, or null where it can not be scored';
  const advice = verdict && !judges ? '; what gives { reward, correct } needs judges: true in the config' : '';
  const given = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return new Error(`${name} gave ${given} for prompt «${sample}», where it owes ${expected}${advice}`);
}

/**
 * The reward of one response by a function of the user's own.
 *
 * @param name how errors call the function: with its file
 * @throws Error that names the function and the prompt, where it throws, rejects or gives no reward
 */
export async function scoreBy(
  score: ScoreOne,
  name: string,
  judges: boolean,
  item: RewardItem,
  context: RewardContext,
): Promise<RewardValue> {
  let value: unknown;
  try {
    const given = score(item, context);
    const plugin = `${name}, for prompt «${item.prompt.id}»,`;
    const when = context.purpose === 'evaluation' ? 'in an evaluation' : context.step;
    value = await settling(Promise.resolve(given), { plugin, when });
  } catch (cause) {
    if (isDapoError(cause)) throw cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${name} threw for prompt «${item.prompt.id}»: ${text}`, { cause });
  }
  if (!isReward(value, judges)) throw wrongResult(name, item.prompt.id, value, judges);
  return value;
}

function exportOf({ path, export: name }: Options, modules: Modules): unknown {
  return modules.get(path)?.exports[name];
}

export default definePlugin({
  kind: 'reward',
  name: 'function',
  role: 'task',
  summary: 'Scores each response by a function of your own: sync or async, from a file.',
  source: {
    title: 'TRL, GRPOTrainer: custom reward functions',
    url: 'https://huggingface.co/docs/trl/grpo_trainer',
  },
  departures: 'Called once for each response, with { prompt, response, group }; not once for a batch of texts.',
  alsoKnownAs: ['custom reward', 'reward_funcs'],
  options,
  provides: ({ judges }) => (judges ? ['correct'] : []),
  modules: ({ path }) => [path],
  inject: { modules: tokens.modules },
  check: (chosen, _, modules) => {
    const module = modules.get(chosen.path);
    if (!module || typeof exportOf(chosen, modules) === 'function') return [];
    const functions = Object.keys(module.exports).filter((key) => typeof module.exports[key] === 'function');
    return [
      {
        level: 'error',
        path: 'export',
        message: `${module.file} exports no function «${chosen.export}».`,
        hint: `name one that it exports: ${functions.join(', ') || 'there is none'}`,
      },
    ];
  },
  create: (chosen, { modules }) => {
    const score = exportOf(chosen, modules) as ScoreOne;
    const name = `${chosen.export === 'default' ? 'the function' : chosen.export} of ${chosen.path}`;
    return {
      score: (batch, context) => Promise.all(batch.map((item) => scoreBy(score, name, chosen.judges, item, context))),
    };
  },
});
