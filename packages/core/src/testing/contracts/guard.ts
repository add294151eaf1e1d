import type { Guard, GuardAnswer, GuardPoint, Metrics, Progress } from '../../contracts/index.js';
import { show } from './compare.js';
import { findFirst, type ContractSuite, type Finding } from './contract-check.js';

const POINTS: readonly GuardPoint[] = ['rolled-out', 'before-update', 'updated', 'evaluated'];
const ACTIONS = ['skip-update', 'stop', 'roll-back'];

/** What a healthy run knows at its points. */
const HEALTHY: Metrics = {
  'rollout/live-groups': 0.6,
  'rollout/accuracy': 0.5,
  'rollout/score': 0,
  'rollout/response-length': 4,
  'rollout/truncated': 0,
  'reward/mean': 0.1,
  'policy/entropy': 1,
  'policy/log-prob-difference': 1e-6,
  'loss/ratio-mean': 1,
  'loss/ratio-min': 0.9,
  'loss/ratio-max': 1.1,
  'loss/approximate-kl': 1e-3,
  'loss/reference-kl': 1e-2,
  'update/loss': -0.01,
  'update/gradient-norm': 0.5,
  'evaluation/accuracy': 0.5,
  'evaluation/accuracy-low': 0.4,
  'evaluation/accuracy-high': 0.6,
};

/** The run so many steps later: what is learned has grown. */
const healthyAt = (step: number): Metrics => {
  const learned = [
    'rollout/accuracy',
    'rollout/score',
    'reward/mean',
    'evaluation/accuracy',
    'evaluation/accuracy-low',
    'evaluation/accuracy-high',
  ];
  return Object.fromEntries(
    Object.entries(HEALTHY).map(([name, value]) => [name, learned.includes(name) ? value + 0.02 * step : value]),
  );
};

/** The same run gone wrong in everything that is measured. */
const BROKEN: Metrics = Object.fromEntries(
  Object.keys(HEALTHY).map((name) => [name, name === 'rollout/live-groups' ? 0 : NaN]),
);

/** And with numbers far beyond what is usual. */
const WILD: Metrics = Object.fromEntries(
  Object.keys(HEALTHY).map((name) => [name, name.startsWith('loss/') || name.startsWith('update/') ? 1e6 : 0]),
);

const progressAt = (step: number): Progress => ({
  rolloutStep: step,
  optimizerStep: 4 * step,
  fraction: step / 10,
});

interface Answered {
  readonly point: GuardPoint;
  readonly answer: GuardAnswer;
}

async function answersAt(guard: Guard, metrics: Metrics, step: number): Promise<Answered[]> {
  const given: Answered[] = [];
  for (const point of POINTS)
    given.push({ point, answer: await guard.check(point, { progress: progressAt(step), metrics }) });
  return given;
}

async function answers(guard: Guard, metrics: Metrics, step: number): Promise<GuardAnswer[]> {
  return (await answersAt(guard, metrics, step)).map(({ answer }) => answer);
}

export const guardContract: ContractSuite<'guard'> = {
  methods: ['check'],
  use: (guard, _, turn) =>
    answers(guard, turn === 0 ? HEALTHY : { ...HEALTHY, 'rollout/live-groups': 0, 'policy/entropy': 1e-4 }, turn),
  checks: [
    {
      name: 'answers at every point',
      find: async (subject) => findBadAnswer(await subject.create()),
      decides: true,
    },
    { name: 'lets a healthy run go on', find: async (subject) => findFalseAlarm(await subject.create()) },
    {
      name: 'bears metrics that are missing',
      find: async (subject) => findAlarmAtNothing(await subject.create()),
    },
  ],
};

async function findBadAnswer(guard: Guard): Promise<Finding> {
  const given: Answered[] = [];
  for (const wrong of [BROKEN, WILD])
    for (let step = 0; step < 8; step++) given.push(...(await answersAt(guard, step < 2 ? HEALTHY : wrong, step)));
  return findFirst(given, async ({ point, answer }) => {
    if (answer === 'continue') return undefined;
    const { action, reason } = (answer ?? {}) as { readonly action?: string; readonly reason?: string };
    if (action === undefined || !ACTIONS.includes(action))
      return `it answers ${show(answer)}: 'continue', or { action: 'skip-update', 'stop' or 'roll-back', reason }`;
    if (action === 'skip-update' && point !== 'before-update')
      return `it answers skip-update at «${point}», where there is no update to skip: at «before-update» alone`;
    return reason ? undefined : `it answers ${action} without a reason, which is all that a person will read of it`;
  });
}

async function findFalseAlarm(guard: Guard): Promise<Finding> {
  for (let step = 0; step < 8; step++) {
    const alarm = (await answers(guard, healthyAt(step), step)).find((answer) => answer !== 'continue');
    if (alarm)
      return (
        `it acts on a run in which nothing is wrong: ${show(alarm)}. Look at the point and at the ` +
        'metric by its whole name'
      );
  }
  return undefined;
}

async function findAlarmAtNothing(guard: Guard): Promise<Finding> {
  for (let step = 0; step < 8; step++) {
    const alarm = (await answers(guard, {}, step)).find((answer) => answer !== 'continue');
    if (alarm)
      return (
        `it acts where it knows nothing: ${show(alarm)}. A metric may be missing at a point of the ` +
        `step; answer 'continue' then`
      );
  }
  return undefined;
}
