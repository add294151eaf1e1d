import { tf, versionReleased, type NamedTensors, type PolicyVersion, type State } from '@dapo/core';

/** Published weights that later steps don't change. */
export class FrozenWeights {
  private readonly kept = new Map<PolicyVersion, NamedTensors>();

  /** Keeps the tensors, which are its own from now on, until the handle is released. */
  keep(version: number, weights: NamedTensors): PolicyVersion {
    const handle: PolicyVersion = {
      version,
      release: () => this.release(handle),
      state: () => savedWeights(version, this.of(handle)),
    };
    this.kept.set(handle, weights);
    return handle;
  }

  /** Opens what the `state` of a handle gave. */
  reopen({ json, tensors = {} }: State): PolicyVersion {
    const { version } = json as { readonly version: number };
    const weights = Object.entries(tensors).map(
      ([name, { shape, values }]) => [name, tf.tensor(values, [...shape])] as const,
    );
    return this.keep(version, Object.fromEntries(weights));
  }

  of(handle: PolicyVersion): NamedTensors {
    const weights = this.kept.get(handle);
    if (!weights) throw versionReleased(handle.version);
    return weights;
  }

  dispose(): void {
    for (const handle of this.kept.keys()) this.release(handle);
  }

  private release(handle: PolicyVersion): void {
    tf.dispose(this.kept.get(handle) as Record<string, tf.Tensor> | undefined);
    this.kept.delete(handle);
  }
}

/** The weights as they are: an update gives a variable new values and leaves the old ones to whoever holds them. */
export function copyOf(weights: NamedTensors): NamedTensors {
  return mapped(weights, (tensor) => tf.clone(tensor));
}

/** share · weights + (1 − share) · others. */
export function mixed(weights: NamedTensors, others: NamedTensors, share: number): NamedTensors {
  return mapped(weights, (tensor, name) =>
    tf.tidy(() => tf.add(tf.mul(tensor, share), tf.mul(others[name]!, 1 - share))),
  );
}

function mapped(weights: NamedTensors, of: (tensor: tf.Tensor, name: string) => tf.Tensor): NamedTensors {
  return Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, of(tensor, name)]));
}

async function savedWeights(version: number, weights: NamedTensors): Promise<State> {
  const entries = Object.entries(weights).map(async ([name, tensor]) => {
    const values = Float32Array.from(await tensor.data());
    return [name, { shape: tensor.shape, values }] as const;
  });
  return { json: { version }, tensors: Object.fromEntries(await Promise.all(entries)) };
}
