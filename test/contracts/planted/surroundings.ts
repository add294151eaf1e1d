import {
  tf,
  tokens,
  z,
  type Backend,
  type Guard,
  type GuardAnswer,
  type Prompt,
  type PromptSource,
  type Schedule,
  type Tracker,
} from '@dapo/core';
import { cpuBackend, lettersPrompts } from '@dapo/core/testing';
import { altered, defectsOf } from './planted.js';

const prompts = defectsOf('prompts');
const schedule = defectsOf('schedule');
const guard = defectsOf('guard');
const tracker = defectsOf('tracker');
const backend = defectsOf('backend');

const source = (change: (of: PromptSource) => Partial<PromptSource>) => () => {
  const plain = lettersPrompts.create({ references: [...'abcdefg'] }, {}) as PromptSource;
  return altered(plain, change(plain));
};
const eachPrompt = (change: (prompt: Prompt, i: number) => Partial<Prompt>) =>
  source((plain) => ({
    next: async (n) => (await plain.next(n)).map((prompt, i) => ({ ...prompt, ...change(prompt, i) })),
    take: async (n) => (await plain.take(n)).map((prompt, i) => ({ ...prompt, ...change(prompt, i) })),
  }));

const plantedPrompts = [
  prompts(
    'gives prompts',
    'has the input []: a text, or messages',
    eachPrompt(() => ({ input: [] })),
  ),
  prompts(
    'gives prompts',
    'asked for 4 prompts of 7 it gives 3',
    source((plain) => ({ next: (n) => plain.next(Math.min(3, n)) })),
  ),
  prompts(
    'gives the same prompts in portions of any size',
    'five prompts at once are others than two and three',
    source((plain) => ({
      next: async (n) => (await plain.next(n)).reverse(),
    })),
  ),
  prompts(
    'shows its first prompts without moving',
    'take moves the source',
    source((plain) => ({
      take: async (n) => {
        await plain.next(n);
        return plain.take(n);
      },
    })),
  ),
  prompts(
    'goes through every prompt once before it repeats one',
    'the second time through, prompt "letter-0 1" comes with visit 1: the same ids again',
    eachPrompt(({ id, visit }) => (visit === 0 ? {} : { id: `${id} ${visit}` })),
  ),
  prompts(
    'goes through every prompt once before it repeats one',
    'of 7 prompts the first time through brings 1 different ids',
    eachPrompt(() => ({ id: 'p' })),
  ),
  prompts(
    'has a fingerprint of its data',
    'it has no fingerprint',
    source(() => ({ fingerprint: '' })),
  ),
];

const stateful = (): Schedule => {
  let calls = 0;
  return { factor: () => Math.min(1, ++calls / 100) };
};

const plantedSchedules = [
  schedule(
    'gives factors that are finite and not negative',
    'after 11 rollout steps (88 updates) its factor is -0.1',
    () => ({ factor: ({ rolloutStep }) => 1 - rolloutStep / 10 }),
  ),
  schedule('depends on the progress alone', 'asked in another order it gives other factors', stateful, {
    also: ['goes on from its saved state'],
  }),
];

const act: GuardAnswer = { action: 'stop', reason: 'enough' };
const answering = (check: Guard['check']) => (): Guard => ({ check });

const plantedGuards = [
  guard(
    'answers at every point',
    "it answers missing: 'continue', or { action",
    answering(() => undefined as never),
  ),
  guard(
    'answers at every point',
    'it answers stop without a reason',
    answering((_, { metrics }) =>
      Number.isNaN(metrics['update/loss']) ? { action: 'stop', reason: '' } : 'continue',
    ),
  ),
  guard(
    'lets a healthy run go on',
    'it acts on a run in which nothing is wrong',
    answering((_, { metrics }) => (metrics['policy/entropy']! < 2 ? act : 'continue')),
  ),
  guard(
    'bears metrics that are missing',
    'it acts where it knows nothing',
    answering((_, { metrics }) => (metrics['update/loss']! < 1 ? 'continue' : act)),
  ),
];

const plantedTrackers = [
  tracker(
    'takes records of every sort',
    'it threw: ',
    () => ({ track: ({ metrics }) => void metrics['update/loss']!.toFixed(2) }),
    {
      also: [
        'only records',
        'leaves no tensor behind',
        'reads no tensor synchronously',
        'comes to the same each time',
        'goes on from its saved state',
      ],
    },
  ),
  tracker('only records', 'it changes the record that other trackers see after it', () => ({
    track: (record) => void Object.assign(record.metrics, { seen: 1 }),
  })),
  tracker(
    'writes a step once, though the run was resumed',
    'Keep the size of a file in state(), and cut it to that in restore()',
    (_, { folder }): Tracker => ({ track: ({ step }) => folder.append('steps.txt', `${step}\n`) }),
    { inject: { folder: tokens.runFolder } },
  ),
];

const onCpu = (change: Partial<Backend>) => (): Backend =>
  altered(cpuBackend.create({}, {}) as Backend, change);
let turn = 0;

const plantedBackends = [
  backend(
    'says whether it can be used here',
    'its available gives {"ok":false}',
    onCpu({ available: async () => ({ ok: false }) as never }),
  ),
  backend(
    'becomes the current backend',
    'after start the current backend is «cpu» and its name is «gpu»',
    onCpu({ name: 'gpu' }),
  ),
  backend(
    'becomes the current backend',
    "JSON can't hold the facts that start gives: kernels is an object of class Set",
    onCpu({
      start: async () => ({ kernels: new Set() as never }),
    }),
  ),
  backend('computes what a training needs', 'a kernel of it computes something else', () =>
    faultyBackend('faulty', () => 2),
  ),
  backend(
    'gives the same bits where it says so',
    'it says that it is deterministic, and the same computation gives other bits',
    () => faultyBackend('moody', () => 1 + 1e-6 * turn++),
  ),
  backend(
    'fails to start by a named error',
    'its start throws a bare error: Error: no driver',
    onCpu({
      available: async () => ({ ok: false, reason: 'no driver', remedy: 'get one' }),
      start: () => Promise.reject(new Error('no driver')),
    }),
  ),
];

/** TensorFlow.js's plain backend with another Log. */
function faultyBackend(name: string, factor: () => number): Backend {
  if (!tf.findBackendFactory(name)) {
    tf.registerBackend(name, tf.findBackendFactory('cpu'));
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      const { kernelFunc } = kernel;
      const faulty: typeof kernelFunc = (given) => {
        const out = kernelFunc(given) as tf.TensorInfo;
        const data = (given.backend as unknown as { data: Map<object, { values: Float32Array }> }).data.get(
          out.dataId,
        )!;
        data.values = data.values.map((value) => value * factor());
        return out;
      };
      tf.registerKernel({
        ...kernel,
        backendName: name,
        kernelFunc: kernel.kernelName === 'Log' ? faulty : kernelFunc,
      });
    }
  }
  return {
    name,
    deterministic: true,
    available: async () => ({ ok: true, detail: 'always' }),
    start: async () => {
      await tf.setBackend(name);
      return {};
    },
  };
}

const aggregation = defectsOf('aggregation');
const clip = defectsOf('clip-rule');
const weights = ({ mask, counted }: { mask: tf.Tensor2D; counted: tf.Tensor2D }): tf.Tensor =>
  tf.divNoNan(mask, tf.sum(counted));

/** What is asked of every kind, in plugins of one. */
const plantedInAnyKind = [
  aggregation('is defined as a plugin', "the key «weight» is the engine's", () => ({ weights }), {
    options: z.strictObject({ weight: z.number().default(1) }),
  }),
  aggregation(
    'is defined as a plugin',
    "can't be made with the options that the suite has",
    () => ({ weights }),
    { options: z.strictObject({ length: z.number() }) },
  ),
  aggregation('takes its options back', 'its options schema refuses its own output', () => ({ weights }), {
    options: z.strictObject({ length: z.string().default('8').transform(Number) }),
  }),
  aggregation(
    'takes its options back',
    "JSON can't hold its options: when is an object of class Date",
    () => ({ weights }),
    {
      options: z.strictObject({ when: z.date().default(new Date(0)) }),
    },
  ),
  aggregation('looks at a config', 'its check threw at a config', () => ({ weights }), {
    check: (_: object, config: { readonly correction?: { readonly use: string } }) =>
      config.correction!.use === 'x' ? [] : [],
  }),
  aggregation('looks at a config', 'something else than a list of', () => ({ weights }), {
    check: () => [{ level: 'severe', message: 'x' }] as never,
  }),
  aggregation(
    'has the functions of its contract',
    'has no function weights: the kind aggregation needs weights',
    () => ({ weight: weights }) as never,
  ),
  clip('leaves no tensor behind', 'each use leaves 1 tensor behind: put tensor work into tf.tidy', () => ({
    perToken: ({ ratio, advantages }) => tf.neg(tf.mul(tf.keep(tf.add(ratio, 0)), advantages)),
  })),
  clip('leaves no tensor behind', 'it leaves 2 tensors when it is disposed of: give it a dispose()', () => {
    const bound = tf.variable(tf.scalar(3), false);
    return { perToken: ({ ratio, advantages }) => tf.neg(tf.mul(tf.minimum(ratio, bound), advantages)) };
  }),
  clip('reads no tensor synchronously', 'it reads a tensor synchronously', () => ({
    perToken: ({ ratio, advantages, mask }) =>
      tf.neg(tf.mul(tf.mul(ratio, advantages), tf.sum(mask).dataSync()[0]! >= 0 ? 1 : 2)),
  })),
  clip(
    'comes to the same each time',
    'two instances do different things with the same',
    () => {
      const bound = 0.1 + 0.2 * Math.random();
      return {
        perToken: ({ ratio, advantages }) =>
          tf.neg(
            tf.minimum(
              tf.mul(ratio, advantages),
              tf.mul(tf.clipByValue(ratio, 1 - bound, 1 + bound), advantages),
            ),
          ),
      };
    },
    { also: ['goes on from its saved state'] },
  ),
  guard('goes on from its saved state', 'and it has no state(): 0', () => {
    let steps = 0;
    return {
      check: (point, { metrics }) =>
        point === 'rolled-out' && metrics['rollout/live-groups'] === 0 && ++steps > 1 ? act : 'continue',
    };
  }),
  guard('goes on from its saved state', 'it has state() and no restore()', () => ({
    check: () => 'continue',
    state: () => ({ json: 1 }),
  })),
  guard('goes on from its saved state', "JSON can't hold its state: seen is an object of class Map", () => ({
    check: () => 'continue',
    state: () => ({ json: { seen: new Map() as never } }),
    restore: () => undefined,
  })),
  guard('goes on from its saved state', 'does not go on as the first does: 0', () => {
    let steps = 0;
    return {
      check: (point, { metrics }) =>
        point === 'rolled-out' && metrics['rollout/live-groups'] === 0 && ++steps > 1 ? act : 'continue',
      state: () => ({ json: {} }),
      restore: () => undefined,
    };
  }),
];

export const plantedInSurroundings = [
  ...plantedPrompts,
  ...plantedSchedules,
  ...plantedGuards,
  ...plantedTrackers,
  ...plantedBackends,
  ...plantedInAnyKind,
];
