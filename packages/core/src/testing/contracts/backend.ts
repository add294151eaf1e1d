import type { Backend } from '../../contracts/index.js';
import { isDapoError } from '../../errors/dapo-error.js';
import { tf } from '../../tensors/tf.js';
import { allFinite, close, difference, lostInJson, show } from './compare.js';
import type { ContractSuite, Finding } from './contract-check.js';
import type { Subject } from './subject.js';

type OfBackend = Subject<'backend'>;

export const backendContract: ContractSuite<'backend'> = {
  methods: ['available', 'start'],
  use: (backend) => backend.available(),
  checks: [
    {
      name: 'says whether it can be used here',
      find: async (subject) => findBadAvailability(await subject.create()),
      decides: true,
    },
    { name: 'becomes the current backend', find: (subject) => onceStarted(subject, findNotCurrent) },
    { name: 'computes what a training needs', find: (subject) => onceStarted(subject, findWrongNumbers) },
    { name: 'gives the same bits where it says so', find: (subject) => onceStarted(subject, findOtherBits) },
    {
      name: 'fails to start by a named error',
      find: async (subject) => findBareFailure(await subject.create()),
    },
  ],
};

async function findBadAvailability(backend: Backend): Promise<Finding> {
  if (typeof backend.name !== 'string' || backend.name === '')
    return `its name is ${show(backend.name)}: the one within TensorFlow.js`;
  if (typeof backend.deterministic !== 'boolean')
    return 'it does not say whether equal inputs give equal bits: deterministic: true or false';
  const available = (await backend.available()) as Partial<Record<'ok' | 'detail' | 'reason' | 'remedy', unknown>>;
  if (available.ok === true ? available.detail : available.ok === false && available.reason && available.remedy)
    return undefined;
  return (
    `its available gives ${show(available)}: { ok: true, detail } or { ok: false, reason, remedy }, ` +
    'which dapo doctor prints'
  );
}

/** Runs a check on the started backend, where it can be had, and goes back to the one before. */
async function onceStarted(subject: OfBackend, find: (backend: Backend) => Promise<Finding>): Promise<Finding> {
  const backend = await subject.create();
  if (!(await backend.available()).ok) return undefined;
  const before = tf.getBackend();
  try {
    await backend.start();
    return await find(backend);
  } finally {
    await tf.setBackend(before);
  }
}

async function findNotCurrent(backend: Backend): Promise<Finding> {
  const facts = await backend.start();
  if (tf.getBackend() !== backend.name)
    return (
      `after start the current backend is «${tf.getBackend()}» and its name is «${backend.name}»: ` +
      'await tf.setBackend(name)'
    );
  const lost = lostInJson(facts);
  return lost && `JSON can't hold the facts that start gives: ${lost}. They stand in the manifest of a run`;
}

/** An embedding, a product, a softmax and their gradient: the operations that all trainings share. */
async function compute(backend: Backend): Promise<{ readonly value: number; readonly gradient: number[] }> {
  const { value, gradient } = tf.tidy(() => {
    const table = tf.tensor2d(
      Array.from({ length: 40 }, (_, i) => Math.sin(i)),
      [8, 5],
    );
    const loss = (x: tf.Tensor): tf.Scalar => {
      const features = tf.gather(x, tf.tensor1d([0, 3, 3, 7], 'int32'));
      const logits = tf.matMul(features as tf.Tensor2D, x as tf.Tensor2D, false, true);
      return tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(tf.tensor1d([1, 2, 3, 4], 'int32'), 8)));
    };
    const outputs = tf.valueAndGrad(loss)(table);
    return { value: outputs.value, gradient: outputs.grad };
  });
  const read = { value: (await value.data())[0]!, gradient: Array.from(await gradient.data()) };
  tf.dispose([value, gradient]);
  if (!allFinite(read)) throw new TypeError(`the backend ${backend.name} gives NaN`);
  return read;
}

/** The same on the host, in float64. */
function expectedValue(): number {
  const row = (i: number): number[] => Array.from({ length: 5 }, (_, k) => Math.sin(5 * i + k));
  return [0, 3, 3, 7].reduce((sum, from, place) => {
    const logits = Array.from({ length: 8 }, (_, to) => row(from).reduce((dot, x, k) => dot + x * row(to)[k]!, 0));
    return sum + logits[place + 1]! - Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
  }, 0);
}

async function findWrongNumbers(backend: Backend): Promise<Finding> {
  const { value } = await compute(backend);
  const expected = expectedValue();
  return close(value, expected, 1e-4)
    ? undefined
    : `a sum of log-probs is ${show(value)} and should be ${show(expected)}: a kernel of it computes ` +
        'something else';
}

async function findOtherBits(backend: Backend): Promise<Finding> {
  if (!backend.deterministic) return undefined;
  const found = difference(await compute(backend), await compute(backend));
  return (
    found &&
    `it says that it is deterministic, and the same computation gives other bits: ${found}. Declare ` +
      'deterministic: false, or sum in a fixed order'
  );
}

async function findBareFailure(backend: Backend): Promise<Finding> {
  if ((await backend.available()).ok) return undefined;
  try {
    await backend.start();
    return 'it says that it can not be used here, and starts all the same';
  } catch (error) {
    return isDapoError(error)
      ? undefined
      : `its start throws a bare error: ${String(error)}. Throw a DapoError with the remedy`;
  }
}
