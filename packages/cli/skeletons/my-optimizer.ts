import {
  definePlugin,
  tf,
  z,
  type Optimizer,
  type OptimizerInputs,
  type OptionsOf,
  type SavedTensor,
  type State,
} from '@dapo/core';

const options = z.strictObject({
  learningRate: z.number().positive().default(0.1).describe('base learning rate; the schedule multiplies it'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('μ: decay of the velocity'),
});
type Options = z.output<typeof options>;

/** One step in place: v ← μ·v + g, p ← p − η·v. */
export function momentumStep(
  parameter: tf.Variable,
  velocity: tf.Variable,
  gradient: tf.Tensor,
  learningRate: number,
  momentum: number,
): void {
  tf.tidy(() => {
    velocity.assign(tf.add(tf.mul(velocity, momentum), gradient));
    parameter.assign(tf.sub(parameter, tf.mul(velocity, learningRate)));
  });
}

class Momentum implements Optimizer {
  readonly learningRate: number;
  private readonly velocities = new Map<string, tf.Variable>();

  readonly settings: Options;

  constructor(settings: Options) {
    this.settings = settings;
    this.learningRate = settings.learningRate;
  }

  apply({ parameters, gradients, learningRate }: OptimizerInputs): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = parameters[name]!;
      const velocity = this.velocities.get(name) ?? this.remember(name, () => tf.zeros(parameter.shape));
      momentumStep(parameter, velocity, gradient, learningRate, this.settings.momentum);
    }
  }

  /** What a checkpoint keeps. */
  async state(): Promise<State> {
    const tensors: Record<string, SavedTensor> = {};
    for (const [name, velocity] of this.velocities) {
      tensors[name] = { shape: velocity.shape, values: Float32Array.from(await velocity.data()) };
    }
    return { json: {}, tensors };
  }

  restore({ tensors = {} }: State): void {
    this.dispose();
    for (const [name, { values, shape }] of Object.entries(tensors))
      this.remember(name, () => tf.tensor(values, [...shape]));
  }

  dispose(): void {
    for (const velocity of this.velocities.values()) velocity.dispose();
    this.velocities.clear();
  }

  private remember(name: string, initial: () => tf.Tensor): tf.Variable {
    const velocity = tf.tidy(() => tf.variable(initial(), false));
    this.velocities.set(name, velocity);
    return velocity;
  }
}

export default definePlugin({
  kind: 'optimizer',
  name: 'my-optimizer',
  summary: 'Gradient descent with momentum.',
  source: {
    title: 'On the importance of initialization and momentum in deep learning',
    url: 'https://proceedings.mlr.press/v28/sutskever13.html',
  },
  departures: 'as torch.optim.SGD: the learning rate multiplies the velocity',
  options,
  create: (settings) => new Momentum(settings),
});

/** With `plugins: ['./plugins/my-optimizer.ts']` in a config, `use: 'my-optimizer'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-optimizer': {
      optimizer: { 'my-optimizer': OptionsOf<(typeof import('./my-optimizer.js'))['default']> };
    };
  }
}
