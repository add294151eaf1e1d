import type { tf } from '../tensors/tf.js';
import { callPlugin } from './call-plugin.js';
import { checkTensor } from './check-values.js';
import type { Placed } from './parts.js';

/** Kinds whose instances turn tensors [R, T] into one of the same shape. */
const TENSOR_KINDS = ['ratio-level', 'clip-rule', 'kl-term'];

/** Stands between a call of a part and its host, and gives what the host gets. */
export type PartObserver = (part: Placed<object>, call: () => unknown) => unknown;

/**
 * What a plugin calls in its slots (the clip rule of a loss) goes through here, so that the part is named where it
 * throws or gives a wrong tensor, and not the plugin around it.
 */
export class PartCalls {
  private observer: PartObserver | undefined;

  /** @param step the current rollout step, from 0 */
  constructor(private readonly step: () => number) {}

  /** The instance as its host sees it. */
  handed<T extends object>(part: Placed<T>): T {
    return new Proxy(Object.create(part.instance) as T, {
      get: (_, key) => {
        const member: unknown = Reflect.get(part.instance, key, part.instance);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) =>
          this.through(part, values, () => Reflect.apply(member, part.instance, values) as unknown);
      },
    });
  }

  /** Runs something whose calls of parts an observer sees. */
  observed<T>(observer: PartObserver, run: () => T): T {
    this.observer = observer;
    try {
      return run();
    } finally {
      this.observer = undefined;
    }
  }

  private through(part: Placed<object>, [inputs]: readonly unknown[], call: () => unknown): unknown {
    const checked = (): unknown => {
      const given = callPlugin(part, this.step(), call);
      if (TENSOR_KINDS.includes(part.kind))
        checkTensor(part, tensorOf(given), (inputs as { mask: tf.Tensor }).mask.shape);
      return given;
    };
    return this.observer ? this.observer(part, checked) : checked();
  }
}

/** A part gives its tensor as it is, or as the loss of an object with metrics. */
export function tensorOf(given: unknown): unknown {
  return typeof given === 'object' && given !== null && 'loss' in given ? given.loss : given;
}
