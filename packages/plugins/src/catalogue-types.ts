import type { Kind, Node, OptionsOf } from '@dapo/core';
import type { plugins } from './index.js';

type Slots<S> = {
  readonly [N in keyof S]?: S[N] extends { readonly kind: infer K extends Kind } ? Node<K> | false : never;
};
/** A definition that names no slots has the index signature of all of them. */
type SlotsOf<P> = P extends { readonly slots?: infer S }
  ? string extends keyof NonNullable<S>
    ? object
    : Slots<NonNullable<S>>
  : object;

/** What a config may say beside `use`: the options of the plugin that an import gives, and what stands in its slots. */
type ConfigOf<Load> = Load extends () => Promise<{ readonly default: infer P }> ? OptionsOf<P> & SlotsOf<P> : never;

type Catalogue<List> = { [K in keyof List]: { [N in keyof List[K]]: ConfigOf<List[K][N]> } };

declare module '@dapo/core' {
  /** What this package ships, so that names complete in an editor and options are typed. */
  interface PluginCatalogue {
    '@dapo/plugins': Catalogue<typeof plugins>;
  }
}
