import type { Completion, Policy, PolicyBatch, SampleRequest, SamplingSettings } from '../../contracts/index.js';
import { Random } from '../../random/random.js';
import { difference, show } from './compare.js';
import type { ContractSuite, Finding } from './contract-check.js';
import { learningChecks } from './policy-learning.js';
import { logProbChecks } from './policy-log-probs.js';
import { policyBatch } from './policy-batch.js';
import { trainOnce } from './policy-training.js';
import { VOCABULARY } from './stand-ins.js';
import type { Subject } from './subject.js';

const END = VOCABULARY - 1;
const PROMPTS = policyBatch().prompts;

function requestOf(
  sampling: Partial<SamplingSettings> = {},
  prompts: readonly Int32Array[] = PROMPTS,
  first = 0,
): SampleRequest {
  return {
    prompts,
    groupSize: 3,
    sampling: { maxResponseLength: 5, temperature: 0.8, topP: 1, topK: 0, ...sampling },
    endToken: END,
    key: (prompt, response) => new Random(11).key('contract', first + prompt, response),
  };
}

const plain = (completions: readonly Completion[]): unknown =>
  completions.map(({ tokens, logProbs, finish }) => ({ tokens, logProbs, finish }));

export const policyContract: ContractSuite<'policy'> = {
  methods: ['generate', 'logProbs', 'accumulate', 'gradientNorm', 'discard', 'step', 'publish', 'save'],
  async use(policy) {
    const drawn = plain(await policy.generate(requestOf()));
    const version = await trainOnce(policy);
    (await policy.publish({ frozen: policy.traits.snapshots === 'frozen' })).release();
    return { drawn, version, logProbs: (await policy.logProbs(policyBatch(), { temperature: 1 })).logProbs };
  },
  reopen,
  checks: [
    {
      name: 'declares its traits',
      find: async (subject) => findBadTraits(await subject.create()),
      decides: true,
    },
    {
      name: 'draws what it is asked for',
      find: async (subject) => findBadCompletions(await subject.create()),
    },
    { name: 'draws the same in any company', find: async (subject) => findCompany(await subject.create()) },
    {
      name: 'draws the likeliest token at temperature 0',
      find: async (subject) => findUngreedy(await subject.create()),
    },
    {
      name: 'gives the log-probs that it drew with',
      find: async (subject) => findOtherLogProbs(await subject.create()),
    },
    ...logProbChecks,
    ...learningChecks,
    { name: 'can be opened from what it has saved', find: (subject) => findLostWeights(subject) },
  ],
};

/** Weights come back through the factory, or the state, as a checkpoint brings them. */
async function reopen(policy: Policy, subject: Subject<'policy'>): Promise<Policy> {
  const { temporaryFolder, removeFolder } = await import('../temporary-folder.js');
  const folder = await temporaryFolder({});
  try {
    return await subject.create({ checkpoint: await policy.save(folder) });
  } finally {
    await removeFolder(folder);
  }
}

function findBadTraits({ traits }: Policy): Finding {
  const allowed: Readonly<Record<string, (value: unknown) => boolean>> = {
    entropy: (value) => typeof value === 'boolean',
    gradientNorm: (value) => value === 'before-step' || value === 'after-step',
    snapshots: (value) => value === 'frozen' || value === 'latest',
    logProbs: (value) => value === 'tempered' || value === 'raw',
    reproducible: (value) => typeof value === 'boolean',
    optimizerFields: (value) => value === 'all' || Array.isArray(value),
    contextLength: (value) => Number.isInteger(value) && (value as number) > 0,
    vocabularySize: (value) => Number.isInteger(value) && (value as number) > 1,
  };
  const given = (traits ?? {}) as unknown as Readonly<Record<string, unknown>>;
  const wrong = Object.keys(allowed).find((name) => !allowed[name]!(given[name]));
  return (
    wrong && `its trait «${wrong}» is ${show(given[wrong])}: traits tell plugins before a run what the policy can do`
  );
}

async function findBadCompletions(policy: Policy): Promise<Finding> {
  const completions = await policy.generate(requestOf());
  if (completions.length !== 6)
    return `it draws ${completions.length} responses for 2 prompts × 3: prompt by prompt, as many as groupSize each`;
  for (const { tokens, logProbs, finish } of completions) {
    if (tokens.length < 1 || tokens.length > 5)
      return `it draws a response of ${tokens.length} tokens where 1 to 5 were asked for, the end token counted`;
    if (logProbs.length !== tokens.length) return `it gives ${logProbs.length} log-probs for ${tokens.length} tokens`;
    if (tokens.some((token) => token < 0 || token >= policy.traits.vocabularySize))
      return 'it draws a token that is not in its vocabulary';
    if (tokens.subarray(0, -1).includes(END)) return 'it goes on after the end token';
    if ((tokens.at(-1) === END) !== (finish === 'stop'))
      return (
        `a response whose last token is ${tokens.at(-1)} has finish ${show(finish)}: 'stop' is for ` +
        `the end token ${END}`
      );
    if (logProbs.some((value) => !(value <= 1e-6))) return 'it gives a log-prob above 0 or NaN';
  }
  return undefined;
}

async function findCompany(policy: Policy): Promise<Finding> {
  const together = await policy.generate(requestOf());
  const alone = await policy.generate(requestOf({}, [PROMPTS[1]!], 1));
  const found = difference(
    together.slice(3).map(({ tokens }) => tokens),
    alone.map(({ tokens }) => tokens),
  );
  return (
    found &&
    `a prompt has other responses when it comes alone: ${found}. Draw token t of a response with ` +
      'key(prompt, response).uniform(t), and let no padding reach it'
  );
}

async function findUngreedy(policy: Policy): Promise<Finding> {
  const completions = await policy.generate(requestOf({ temperature: 0 }));
  const [first] = completions;
  const same = completions.slice(0, 3).every(({ tokens }) => difference(first!.tokens, tokens) === undefined);
  return same
    ? undefined
    : 'at temperature 0 the responses to one prompt differ: 0 means the likeliest token each time';
}

async function findOtherLogProbs(policy: Policy): Promise<Finding> {
  if (policy.traits.logProbs === 'raw') return undefined;
  const completions = await policy.generate(requestOf());
  const batch: PolicyBatch = {
    prompts: PROMPTS,
    responses: completions,
    promptOf: Int32Array.from(completions, (_, r) => Math.floor(r / 3)),
  };
  const { width, logProbs } = await policy.logProbs(batch, { temperature: 0.8 });
  const again = completions.map(({ tokens }, r) => Array.from(logProbs.subarray(r * width, r * width + tokens.length)));
  const found = difference(
    completions.map((completion) => Array.from(completion.logProbs)),
    again,
    { tolerance: 1e-4 },
  );
  return (
    found &&
    `logProbs gives something else than generate drew with: ${found}. The first ratio of a rollout ` +
      'would not be 1; both divide the logits by the temperature'
  );
}

async function findLostWeights(subject: Subject<'policy'>): Promise<Finding> {
  const policy = await subject.create();
  await trainOnce(policy);
  const { logProbs } = await policy.logProbs(policyBatch(), { temperature: 1 });
  const opened = await reopen(policy, subject);
  if (policy.state) await opened.restore?.(await policy.state());
  const found = difference(logProbs, (await opened.logProbs(policyBatch(), { temperature: 1 })).logProbs, {
    tolerance: 1e-6,
  });
  return (
    found &&
    'opened with the option checkpoint from what save gave, and restored from its state, it has ' +
      `other log-probs: ${found}`
  );
}
