import {
  definePlugin,
  type Contracts,
  type Kind,
  type PluginDefinition,
  type Policy,
  type Random,
  type RunFolder,
  type Tokenizer,
} from '@dapo/core';
import type { AnyPlugin, ContractSettings } from '@dapo/core/testing';

/** A plugin with one thing wrong, and how the suite has to call it. */
export interface Planted {
  readonly kind: Kind;
  /** The check that finds it. */
  readonly check: string;
  /** A part of what it says. */
  readonly words: string;
  /** Checks that the same defect fails as well. */
  readonly also: readonly string[];
  readonly plugin: AnyPlugin;
  readonly settings: ContractSettings;
}

interface More {
  readonly also?: readonly string[];
  readonly settings?: ContractSettings;
}

/** The rest of a definition, whatever its options and injections. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- deps of unknown injections and slots
type Rest<K extends Kind> = Omit<PluginDefinition<K, any, any, any>, 'kind' | 'name' | 'create'>;
type Create<K extends Kind> = (
  options: Readonly<Record<string, unknown>>,
  deps: Injected,
) => Contracts[K] | Promise<Contracts[K]>;

/** What the plugins here inject, where they do. */
interface Injected {
  readonly policy: Policy;
  readonly tokenizer: Tokenizer;
  readonly random: Random;
  readonly folder: RunFolder;
}

/** For one kind: `defect('gives …', 'it gives …', () => instance)`. */
export function defectsOf<K extends Kind>(kind: K, common: Partial<Rest<K>> = {}) {
  return (
    check: string,
    words: string,
    create: Create<K>,
    { also = [], settings = {}, ...rest }: More & Partial<Rest<K>> = {},
  ): Planted => ({
    kind,
    check,
    words,
    also,
    settings,
    plugin: definePlugin({
      kind,
      name: 'planted',
      ...common,
      ...rest,
      create,
    } as never) as unknown as AnyPlugin,
  });
}

/** An instance, some of its functions others. */
export function altered<T extends object>(instance: T, changes: Partial<T>): T {
  return new Proxy(instance, {
    get(target, key) {
      if (key in changes) return changes[key as keyof T];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
