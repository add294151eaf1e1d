import type { Optimizer, Policy, PolicyVersion } from '../../contracts/index.js';
import { tf } from '../../tensors/tf.js';
import { relativeDistance } from '../finite-difference.js';
import { close, difference, show } from './compare.js';
import { findFirst, type ContractCheck, type Finding } from './contract-check.js';
import { plainOptimizer } from './plain-optimizer.js';
import { policyBatch, policyBatchWithEmpty } from './policy-batch.js';
import { accumulated, passWith, roughen, trainOnce, weightedObjective } from './policy-training.js';

const check = (name: string, find: (policy: Policy) => Promise<Finding>): ContractCheck<'policy'> => ({
  name,
  find: async (subject) => {
    const policy = await subject.create();
    await roughen(policy);
    return find(policy);
  },
});

/** What the gradients, steps and versions of a policy owe. */
export const learningChecks: readonly ContractCheck<'policy'>[] = [
  check('adds gradients up, and forgets them', findLostGradient),
  check('has the same gradient in micro-batches of any size', findBrokenSplit),
  check('has the gradient of its objective', findWrongGradient),
  check('learns from responses without a token nothing', findBrokenByEmptiness),
  check('takes a step', findNoStep),
  check('publishes its weights', findBrokenVersion),
  check('keeps frozen weights where it says so', findBrokenFreeze),
];

async function findLostGradient(policy: Policy): Promise<Finding> {
  const batch = policyBatch();
  await accumulated(policy, batch);
  const once = await policy.gradientNorm();
  await accumulated(policy, batch);
  const twice = await policy.gradientNorm();
  if (!(once > 0)) return `the norm of its gradient is ${show(once)} after an objective that depends on every log-prob`;
  if (!close(twice, 2 * once, 1e-3))
    return `accumulating twice gives a gradient of norm ${show(twice)} instead of ${show(2 * once)}: accumulate adds`;
  await policy.discard();
  const left = await policy.gradientNorm();
  return left === 0 ? undefined : `after discard a gradient of norm ${show(left)} is left`;
}

async function findBrokenSplit(policy: Policy): Promise<Finding> {
  const batch = policyBatch();
  const run = async (size: number | 'auto'): Promise<{ total: number; norm: number; rows: number[] }> => {
    const rows: number[] = [];
    await policy.discard();
    const total = await accumulated(policy, batch, weightedObjective(batch, 'logProbs', rows), size);
    return { total, norm: await policy.gradientNorm(), rows: [...new Set(rows)].sort((a, b) => a - b) };
  };
  const whole = await run('auto');
  const missing = difference([0, 1, 2, 3], whole.rows);
  if (missing)
    return `the objective did not see every response of the batch once: rows ${show(whole.rows)} of [0,1,2,3]`;
  return findFirst([1, 3, 4], async (size) => {
    const found = difference(whole, await run(size), { tolerance: 1e-3 });
    return (
      found &&
      `in micro-batches of ${size} the objective comes to something else: ${found}. Each response is ` +
        'in one micro-batch, and gradients are added, never averaged'
    );
  });
}

interface Probe {
  readonly name: string;
  readonly at: number;
  readonly gradient: number;
}

const STEP = 1e-2;

async function findWrongGradient(policy: Policy): Promise<Finding> {
  return findFirst(policy.traits.entropy ? (['logProbs', 'entropy'] as const) : (['logProbs'] as const), async (of) => {
    const probes = await probesOf(policy, of);
    const differences = await centralDifferences(policy, of, probes);
    const off = relativeDistance(
      probes.map(({ gradient }) => gradient),
      differences,
    );
    if (off <= 5e-2 || probes.length === 0) return undefined;
    const worst = probes.reduce(
      (a, b, i) => (Math.abs(b.gradient - differences[i]!) > Math.abs(probes[a]!.gradient - differences[a]!) ? i : a),
      0,
    );
    const { name, gradient } = probes[worst]!;
    return (
      `its gradient by «${name}» is ${show(gradient)} for an objective of ${of}, and central ` +
      `differences give ${show(differences[worst])}: nothing on the way from weights to ${of} may ` +
      'stop or scale it'
    );
  });
}

/** Of each parameter the element of largest gradient. */
async function probesOf(policy: Policy, of: 'logProbs' | 'entropy'): Promise<Probe[]> {
  const kept: [string, tf.Tensor][] = [];
  const keep: Optimizer['apply'] = ({ gradients }) => {
    for (const [name, gradient] of Object.entries(gradients)) kept.push([name, tf.keep(tf.clone(gradient))]);
  };
  await passWith(policy, keep, weightedObjective(policyBatch(), of));
  const probes: Probe[] = [];
  for (const [name, tensor] of kept) {
    const values = (await tensor.data()) as Float32Array;
    tensor.dispose();
    const at = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best), 0);
    probes.push({ name, at, gradient: values[at]! });
  }
  return probes;
}

/** For each probe; a pass gives the objective where the one before has moved to, and moves on. */
async function centralDifferences(policy: Policy, of: 'logProbs' | 'entropy', probes: Probe[]): Promise<number[]> {
  const passThenMove = (...moves: (readonly [Probe | undefined, number])[]): Promise<number> => {
    const move: Optimizer['apply'] = ({ parameters }) => {
      for (const [probe, by] of moves) if (probe) shift(parameters[probe.name]!, probe.at, by);
    };
    return passWith(policy, move, weightedObjective(policyBatch(), of));
  };
  await passThenMove([probes[0], STEP]);
  const differences: number[] = [];
  for (const [i, probe] of probes.entries()) {
    const above = await passThenMove([probe, -2 * STEP]);
    const below = await passThenMove([probe, STEP], [probes[i + 1], STEP]);
    differences.push((above - below) / (2 * STEP));
  }
  return differences;
}

function shift(variable: tf.Variable, at: number, by: number): void {
  const move = new Float32Array(variable.size);
  move[at] = by;
  tf.tidy(() => variable.assign(tf.add(variable, tf.tensor(move, variable.shape))));
}

async function findBrokenByEmptiness(policy: Policy): Promise<Finding> {
  await policy.discard();
  await accumulated(policy, policyBatch());
  const without = await policy.gradientNorm();
  await policy.discard();
  const total = await accumulated(policy, policyBatchWithEmpty());
  const norm = await policy.gradientNorm();
  if (Number.isFinite(total) && close(norm, without, 1e-3)) return undefined;
  return `an empty response makes the gradient's norm ${show(norm)} instead of ${show(without)}`;
}

async function findNoStep(policy: Policy): Promise<Finding> {
  const batch = policyBatch();
  const versionBefore = (await policy.publish()).version;
  const before = await accumulated(policy, batch);
  await policy.discard();
  const version = await trainOnce(policy, plainOptimizer(0.005));
  if (version !== versionBefore + 1)
    return (
      `a step takes it from version ${versionBefore} to ${version}: a version is the number of ` +
      'optimizer steps taken'
    );
  const left = await policy.gradientNorm();
  if (left !== 0)
    return `after a step a gradient of norm ${show(left)} is left: step applies what is accumulated and clears it`;
  const after = await accumulated(policy, batch);
  if (after < before) return undefined;
  return (
    `a step down the gradient takes the objective from ${show(before)} to ${show(after)}: the ` +
    'optimizer is handed the gradient of the objective, which falls'
  );
}

async function findBrokenVersion(policy: Policy): Promise<Finding> {
  const before = await logProbsOf(policy);
  const handle = await policy.publish();
  const version = await trainOnce(policy);
  const next = await policy.publish();
  if (next.version !== version || handle.version !== version - 1)
    return (
      `it publishes version ${show(next.version)} after step ${version}: the version of published ` +
      'weights is the optimizer step'
    );
  handle.release();
  next.release();
  return difference(before, await logProbsOf(policy)) === undefined ? 'a step changes no log-prob' : undefined;
}

const logProbsOf = async (policy: Policy, version?: PolicyVersion): Promise<Float32Array> =>
  (await policy.logProbs(policyBatch(), { temperature: 1, ...(version && { version }) })).logProbs;

async function findBrokenFreeze(policy: Policy): Promise<Finding> {
  if (policy.traits.snapshots !== 'frozen') return undefined;
  const before = await logProbsOf(policy);
  const handle = await policy.publish({ frozen: true });
  await trainOnce(policy);
  const changed = difference(before, await logProbsOf(policy, handle), { tolerance: 1e-6 });
  if (changed)
    return `frozen weights change with a later step: ${changed}. Keep a copy, or declare the trait snapshots: 'latest'`;
  const whole = await policy.publish({ frozen: true, mix: { version: handle, share: 1 } });
  const unmixed = difference(await logProbsOf(policy), await logProbsOf(policy, whole), { tolerance: 1e-6 });
  if (unmixed) return `a mix of which the current weights are all is not the current weights: ${unmixed}`;
  if (!handle.state || !policy.reopen)
    return (
      'its frozen weights can not be saved: a version needs state(), and the policy reopen(state), ' +
      'or a resumed run has lost its reference'
    );
  const again = await policy.reopen(await handle.state());
  const lost = difference(before, await logProbsOf(policy, again), { tolerance: 1e-6 });
  for (const version of [handle, whole, again]) version.release();
  return lost && `frozen weights opened again from their state are others: ${lost}`;
}
