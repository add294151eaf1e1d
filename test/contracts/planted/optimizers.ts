import { tf, type Optimizer } from '@dapo/core';
import { defectsOf } from './planted.js';

const optimizer = defectsOf('optimizer');

const descent =
  (
    change: Partial<Optimizer>,
    step: (p: tf.Variable, g: tf.Tensor, rate: number) => tf.Tensor = (p, g, rate) => tf.sub(p, tf.mul(g, rate)),
  ) =>
  (): Optimizer => ({
    learningRate: 0.1,
    settings: {},
    apply: ({ parameters, gradients, learningRate }) => {
      for (const [name, gradient] of Object.entries(gradients))
        tf.tidy(() => parameters[name]!.assign(step(parameters[name]!, gradient, learningRate)));
    },
    ...change,
  });

export const plantedOptimizers = [
  optimizer('has a learning rate and plain settings', 'its learningRate is 0', descent({ learningRate: 0 }), {
    also: ['goes down the gradient'],
  }),
  optimizer(
    'has a learning rate and plain settings',
    "JSON can't hold its settings",
    descent({ settings: { betas: new Map() as never } }),
  ),
  optimizer(
    'leaves what it is handed alone',
    'it disposes of parameters or gradients',
    () => ({
      ...descent({})(),
      apply: ({ gradients }) => tf.dispose(gradients as Record<string, tf.Tensor>),
    }),
    { also: ['goes down the gradient'] },
  ),
  optimizer(
    'goes down the gradient',
    'ten steps take the parameters from a distance of',
    descent({}, (p, g, rate) => tf.add(p, tf.mul(g, rate))),
  ),
  optimizer(
    'moves nothing at a learning rate of 0',
    'at a learning rate of 0 a parameter moves',
    descent({}, (p, g, rate) => tf.mul(tf.sub(p, tf.mul(g, rate)), 0.999)),
  ),
  optimizer(
    'bears a gradient of 0',
    'a gradient of 0 makes parameters NaN',
    descent({}, (p, g, rate) => tf.sub(p, tf.mul(tf.div(g, tf.sqrt(tf.sum(tf.square(g)))), rate))),
  ),
];
