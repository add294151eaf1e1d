import { complains, type WrongInput } from './wrong-input.js';

/** A reward that says nothing about right and wrong. */
const ALONE = 'rewards: { answer: ./mine.ts }\nsampler: standard\nfilters: { outcomes: false }';

/** A reward of one's own, in a file; `create` is its body. */
const reward = (create: string, more = ''): WrongInput => ({
  config: 'rewards: { answer: ./mine.ts }\nsampler: standard\nfilters: { outcomes: false }',
  files: {
    'mine.ts': `import { definePlugin, tf, tokens } from '@dapo/core';
export default definePlugin({ kind: 'reward', name: 'mine', ${more} create: ${create} });\n`,
  },
});
const plugin = (config: string, definition: string): WrongInput => ({
  config,
  files: {
    'mine.ts': `import { definePlugin, tf, z } from '@dapo/core';\nexport default definePlugin({ name: 'mine', ${definition} });\n`,
  },
});
/** A package of one clip rule called soft, with more in its package.json. */
const clipPackage = (more: object): WrongInput => ({
  config: 'plugins: [dapo-plugin-clips]\nloss: { clip: soft }',
  files: {
    'node_modules/dapo-plugin-clips/package.json': JSON.stringify({
      name: 'dapo-plugin-clips',
      version: '2.1.0',
      type: 'module',
      exports: './index.js',
      ...more,
    }),
    'node_modules/dapo-plugin-clips/index.js':
      "export default { kind: 'clip-rule', name: 'soft', create: () => ({}), [Symbol.for('@dapo/core/plugin@1')]: 1 };\n",
  },
});
const file = (content: string): WrongInput => ({
  config: 'rewards: { answer: ./mine.ts }',
  files: { 'mine.ts': content },
});
const loss = (perToken: string, more = ''): WrongInput =>
  plugin('loss: { use: ./mine.ts }', `kind: 'loss', ${more} create: () => ({ perToken: ${perToken} })`);

complains({
  'a plugin file that is not there': { config: 'rewards: { answer: ./mine.ts }' },
  'a file that is no code in the place of a plugin': {
    config: 'rewards: { answer: ./notes.md }',
    files: { 'notes.md': '# A reward\n' },
  },
  'a package that is not installed': { config: 'rewards: { answer: dapo-plugin-none }' },
  'a package that wants another engine beside it': clipPackage({ peerDependencies: { '@dapo/core': '^7.0.0' } }),
  'a package that is made for another engine': clipPackage({
    dapo: { engine: '>=0.0.1 <0.1.0', plugins: { 'clip-rule': ['soft'] } },
  }),
  'a package with plugins of a kind that there is not': clipPackage({
    dapo: { engine: '*', plugins: { 'clip-rool': ['soft'] } },
  }),
  'a package whose field says nothing': clipPackage({ dapo: { engine: 1 } }),
  'a package that does not hold what it names': clipPackage({
    dapo: { engine: '*', plugins: { 'clip-rule': ['soft', 'hard'] } },
  }),
  'a file in the list of plugins that is not there': { config: 'plugins: [./mine.ts]' },
  'a plugin file that can not be parsed': file("export default definePlugin({\n  kind: 'reward';\n});\n"),
  'a plugin file that throws while it is loaded': file("throw new Error('no key in the environment');\n"),
  'a plugin file that uses what is not there': file('export default definePlugn({});\n'),
  'a plugin file that imports what is not there': file(
    "import { definePlugin } from '@dapo/core';\nimport './helper.js';\nexport default definePlugin({});\n",
  ),
  'a plugin file without exports': file('const mine = 1;\n'),
  'a plugin that was not defined': file("export default { kind: 'reward', name: 'mine' };\n"),
  'a plugin of another kind in a file': plugin('rewards: { answer: ./mine.ts }', "kind: 'filter', create: () => ({})"),
  'a plugin of a kind that there is not': plugin(
    'rewards: { answer: ./mine.ts }',
    "kind: 'rewrad', create: () => ({})",
  ),
  'a plugin with a name that is none': file(
    "import { definePlugin } from '@dapo/core';\nexport default definePlugin({ kind: 'reward', name: 'My Reward', create: () => ({}) });\n",
  ),
  'a plugin without create': plugin(ALONE, "kind: 'reward'"),
  'two plugins of a kind in one file': file(
    "import { definePlugin } from '@dapo/core';\nexport const a = definePlugin({ kind: 'reward', name: 'a', create: () => ({}) });\nexport const b = definePlugin({ kind: 'reward', name: 'b', create: () => ({}) });\n",
  ),
  'a plugin that the file does not have': {
    config: "rewards: { answer: './mine.ts#mien' }",
    files: {
      'mine.ts':
        "import { definePlugin } from '@dapo/core';\nexport const mine = definePlugin({ kind: 'reward', name: 'mine', create: () => ({}) });\n",
    },
  },
  'a plugin with the name of another': {
    config: 'plugins: [./mine.ts]',
    files: {
      'mine.ts':
        "import { definePlugin } from '@dapo/core';\nexport default definePlugin({ kind: 'reward', name: 'exact-answer', create: () => ({}) });\n",
    },
  },
  'a plugin whose options take a key of the engine': plugin(
    ALONE,
    "kind: 'reward', options: z.strictObject({ weight: z.number().default(1) }), create: () => ({})",
  ),
  'code of a plugin where none may run': {
    ...reward('() => ({ score: (batch) => batch.map(() => 0) })'),
    noExec: true,
  },
  'a plugin that holds itself': plugin(
    'loss: ./mine.ts',
    "kind: 'loss', slots: { inner: { kind: 'loss', default: './mine.ts' } }, create: () => ({})",
  ),
  'a check that throws': plugin(
    ALONE,
    "kind: 'reward', check: (_, config) => config.nothing.at(0), create: () => ({})",
  ),
  'a plugin with a remark': plugin(
    ALONE,
    "kind: 'reward', check: () => [{ level: 'error', message: 'it needs a judge', hint: 'start one' }], create: () => ({})",
  ),
  'a plugin that throws while it is made': reward("() => { throw new Error('the judge is away'); }"),
  'a plugin that asks for what is not there yet': plugin(
    'tokenizer: ./mine.ts',
    "kind: 'tokenizer', inject: { policy: { key: Symbol.for('@dapo/core/token/policy') } }, create: () => ({})",
  ),
  'a reward that throws': reward(
    "() => ({ score: () => { throw new TypeError('prompt.reference.trim is not a function'); } })",
  ),
  'a reward that rejects': reward(
    "() => ({ score: async () => { throw new Error('connect ECONNREFUSED 127.0.0.1:80'); } })",
  ),
  'a reward that throws a text': reward("() => ({ score: () => { throw 'busy'; } })"),
  'a reward that gives one number for all': reward('() => ({ score: () => [1] })'),
  'a reward that gives nothing': reward('() => ({ score: () => undefined })'),
  'a reward that gives a number instead of a list': reward('() => ({ score: () => 1 })'),
  'a reward that gives NaN': reward('() => ({ score: (batch) => batch.map(() => 0 / 0) })'),
  'a reward that gives a text': reward("() => ({ score: (batch) => batch.map(() => '1') })"),
  'a reward that gives undefined for some': reward(
    '() => ({ score: (batch) => batch.map((_, i) => (i > 2 ? undefined : 1)) })',
  ),
  'a reward per token of another length': reward('() => ({ score: (batch) => batch.map(() => new Float32Array(99)) })'),
  'a reward that records what it has not declared': reward(
    "(_, { metrics }) => ({ score: (batch) => batch.map(() => (metrics.record('pased', 1), 1)) })",
    "inject: { metrics: tokens.metrics }, metrics: { passed: { over: 'responses', reduce: 'mean', unit: 'share', meaning: 'passed' } },",
  ),
  'a filter that judges too few': plugin(
    'sampler: standard\nfilters: { mine: ./mine.ts }',
    "kind: 'filter', create: () => ({ level: 'group', judge: async () => [{ verdict: 'keep' }] })",
  ),
  'a filter that throws': plugin(
    'sampler: standard\nfilters: { mine: ./mine.ts }',
    "kind: 'filter', create: () => ({ level: 'response', judge: async () => { throw new Error('no'); } })",
  ),
  'a token filter of the wrong shape': plugin(
    'sampler: standard\nfilters: { outcomes: false, mine: ./mine.ts }',
    "kind: 'filter', create: () => ({ level: 'token', countsFiltered: false, select: ({ mask }) => tf.sum(mask, 1) })",
  ),
  'advantages of the wrong shape': plugin(
    'advantage: ./mine.ts',
    "kind: 'advantage', create: () => ({ estimate: ({ rewards }) => tf.mean(rewards, 1) })",
  ),
  'advantages of whole numbers': plugin(
    'advantage: ./mine.ts',
    "kind: 'advantage', create: () => ({ estimate: ({ rewards }) => tf.cast(rewards, 'int32') })",
  ),
  'advantages that are NaN': plugin(
    'advantage: ./mine.ts',
    "kind: 'advantage', create: () => ({ estimate: ({ rewards }) => tf.div(rewards, 0) })",
  ),
  'weights that are infinite': plugin(
    'aggregation: ./mine.ts',
    "kind: 'aggregation', create: () => ({ weights: ({ mask }) => tf.div(mask, 0) })",
  ),
  'a loss of truth values': loss('({ logProbs }) => ({ loss: tf.greater(logProbs, 0) })'),
  'an aggregation of the wrong shape': plugin(
    'aggregation: ./mine.ts',
    "kind: 'aggregation', create: () => ({ weights: ({ mask }) => tf.sum(mask) })",
  ),
  'a loss that averages': loss('({ logProbs }) => ({ loss: tf.mean(logProbs) })'),
  'a loss that throws': loss("() => { throw new Error('not yet'); }"),
  'a loss that is not finite': {
    ...loss('({ logProbs }) => ({ loss: tf.div(logProbs, 0) })'),
    config: 'loss: { use: ./mine.ts }\nguards: { nan: false }',
  },
  'a loss with a metric that it has not declared': loss(
    '({ logProbs }) => ({ loss: logProbs, metrics: { kll: logProbs } })',
    "metrics: { kl: { over: 'tokens', reduce: 'mean', unit: 'nats', meaning: 'distance' } },",
  ),
  'a sampler that throws': plugin(
    'sampler: ./mine.ts',
    "kind: 'sampler', create: () => ({ next: async () => { throw new Error('tired'); } })",
  ),
  'a sampler that can not fill its batch': {
    config:
      'sampler: { use: dynamic, maxRounds: 2, onExhaustion: error }\nrewards: { answer: ./mine.ts, length: false }',
    files: reward(
      '() => ({ score: (batch) => batch.map(() => ({ reward: 1, correct: true })) })',
      "provides: ['correct'],",
    ).files!,
  },
  'a loss that needs what the policy does not give': plugin(
    'loss: ./mine.ts',
    "kind: 'loss', needs: ['entropi'], create: () => ({})",
  ),
});
