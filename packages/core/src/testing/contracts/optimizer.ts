import type { Optimizer } from '../../contracts/index.js';
import { tf } from '../../tensors/tf.js';
import { allFinite, difference, lostInJson, show } from './compare.js';
import type { ContractCheck, ContractSuite, Finding } from './contract-check.js';

/** Where the parameters start; a matrix and a vector, since weight decay may tell them apart. */
const START: Readonly<Record<string, { readonly shape: number[]; readonly values: readonly number[] }>> = {
  'layer.weight': { shape: [2, 3], values: [0.5, -1, 2, 0.1, -0.3, 1.5] },
  'layer.bias': { shape: [2], values: [0.7, -0.4] },
};

function variable(values: readonly number[], shape: readonly number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor([...values], [...shape])));
}

/** A bowl: the gradient at p is p itself, so that the optimum is 0. */
class Bowl {
  readonly parameters: Readonly<Record<string, tf.Variable>> = Object.fromEntries(
    Object.entries(START).map(([name, { shape, values }]) => [name, variable(values, shape)]),
  );

  step(optimizer: Optimizer, { factor = 1, slope = 1 } = {}): Finding {
    const gradients = Object.fromEntries(
      Object.entries(this.parameters).map(([name, p]) => [name, tf.tidy((): tf.Tensor => tf.mul(p, slope))]),
    );
    optimizer.apply({
      parameters: this.parameters,
      gradients,
      learningRate: optimizer.learningRate * factor,
      gradientNorm: slope,
    });
    const gone =
      Object.values(gradients).some(({ isDisposed }) => isDisposed) ||
      Object.values(this.parameters).some(({ isDisposed }) => isDisposed);
    tf.dispose(gradients);
    return gone
      ? 'it disposes of parameters or gradients, which belong to the policy: assign to parameters, and ' +
          'leave the rest alone'
      : undefined;
  }

  async values(): Promise<Record<string, number[]>> {
    const entries = Object.entries(this.parameters).map(
      async ([name, variable]) => [name, Array.from(await variable.data())] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  async distance(): Promise<number> {
    return Math.hypot(...Object.values(await this.values()).flat());
  }

  dispose(): void {
    tf.dispose(this.parameters as Record<string, tf.Tensor>);
  }
}

async function inBowl<T>(find: (bowl: Bowl) => Promise<T>): Promise<T> {
  const bowl = new Bowl();
  try {
    return await find(bowl);
  } finally {
    bowl.dispose();
  }
}

const check = (
  name: string,
  find: (optimizer: Optimizer, bowl: Bowl) => Promise<Finding>,
): ContractCheck<'optimizer'> => ({
  name,
  find: async (subject) => {
    const optimizer = await subject.create();
    return inBowl((bowl) => find(optimizer, bowl));
  },
});

export const optimizerContract: ContractSuite<'optimizer'> = {
  methods: ['apply'],
  use: (optimizer, _, turn) =>
    inBowl(async (bowl) => {
      for (let i = 0; i < 2; i++) bowl.step(optimizer, { slope: 1 + 0.5 * turn });
      return bowl.values();
    }),
  checks: [
    check('has a learning rate and plain settings', async ({ learningRate, settings }) => {
      if (!(learningRate > 0))
        return `its learningRate is ${show(learningRate)}: the base rate, which the schedule multiplies`;
      const lost = lostInJson(settings);
      return lost && `JSON can't hold its settings: ${lost}. A policy behind a protocol sends them`;
    }),
    check('leaves what it is handed alone', async (optimizer, bowl) => bowl.step(optimizer)),
    check('goes down the gradient', findAscent),
    check('moves nothing at a learning rate of 0', findMoveAtRest),
    check('bears a gradient of 0', async (optimizer, bowl) => {
      bowl.step(optimizer, { slope: 0 });
      return allFinite(await bowl.values())
        ? undefined
        : 'a gradient of 0 makes parameters NaN: add an eps where it is divided by a root';
    }),
  ],
};

async function findAscent(optimizer: Optimizer, bowl: Bowl): Promise<Finding> {
  const before = await bowl.distance();
  // Rates differ by orders of magnitude: as many steps of about 0.01 as it takes to see a direction.
  const factor = 0.01 / optimizer.learningRate;
  for (let i = 0; i < 10; i++) bowl.step(optimizer, { factor });
  const after = await bowl.distance();
  if (after < before) return undefined;
  return (
    `ten steps take the parameters from a distance of ${show(before)} to ${show(after)} of the ` +
    'optimum: p ← p − rate · gradient, with the learning rate that apply is handed'
  );
}

async function findMoveAtRest(optimizer: Optimizer, bowl: Bowl): Promise<Finding> {
  const before = await bowl.values();
  bowl.step(optimizer, { factor: 0 });
  const found = difference(before, await bowl.values());
  return (
    found &&
    `at a learning rate of 0 a parameter moves: ${found}. A schedule that warms up begins there; use ` +
      'the rate that apply is handed, weight decay included'
  );
}
