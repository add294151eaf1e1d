import { definePlugin, type Branded, type NoneDeclared, type PluginDefinition } from './define-plugin.js';
import type { Contracts, Kind } from './kinds.js';
import type { Token } from './tokens.js';
import type { z } from 'zod';

type Injected<I> = { readonly [N in keyof I]: I[N] extends Token<infer T> ? T : never };

/**
 * The decorator form of `definePlugin`, for classes in compiled packages: the class itself becomes the plugin, and an
 * instance is made with its options and what it asked for. Plugin files that load as they are (Node's own type
 * stripping refuses decorators) use `definePlugin`.
 *
 * @example
 *   @pluginClass({ kind: 'guard', name: 'patient', options, inject: { random: tokens.random } })
 *   export default class Patient implements Guard {
 *     constructor(private readonly options: z.output<typeof options>, private readonly deps: { random: Random }) {}
 *     check() { return 'continue' as const; }
 *   }
 */
export function pluginClass<
  const K extends Kind,
  O extends z.ZodObject = z.ZodObject<NoneDeclared>,
  const I extends Readonly<Record<string, Token<unknown>>> = NoneDeclared,
>(definition: Omit<PluginDefinition<K, O, I, NoneDeclared>, 'create' | 'slots'>) {
  return <C extends new (options: z.output<O>, deps: Injected<I>) => Contracts[K]>(target: C): C & Branded => {
    const plugin = definePlugin<K, O, I>({
      ...definition,
      create: (options, deps) => new target(options, deps),
    } as PluginDefinition<K, O, I, NoneDeclared>);
    // `name` of a class is read-only, but may be defined anew.
    for (const key of Reflect.ownKeys(plugin)) {
      Object.defineProperty(target, key, { value: Reflect.get(plugin, key), configurable: true, enumerable: true });
    }
    return target as C & Branded;
  };
}
