import { z } from 'zod';
import type { MetricDeclarations } from '../contracts/index.js';
import type { ResolvedConfig } from '../config/resolved-config.js';
import type { Contracts, Kind } from './kinds.js';
import type { Modules } from './module-loader.js';
import type { Token } from './tokens.js';

/** The brand of a plugin; a symbol of the global registry, so that `instanceof` and one copy of the core aren't needed. */
export const pluginBrand = Symbol.for('@dapo/core/plugin@1');

/** Carries the brand. A named type, so that the declarations of a plugin file can be written down. */
export interface Branded {
  readonly [pluginBrand]: 1;
}

/** Dependencies as data: name → token. */
export type Injections = Readonly<Record<string, Token<unknown>>>;

/** A place in a plugin's options that takes another plugin: `loss.clip`. */
export interface Slot<K extends Kind = Kind> {
  readonly kind: K;
  /** Plugin used where the config names none; without it the slot may stay empty. */
  readonly default?: string;
}
export type Slots = Readonly<Record<string, Slot>>;

type Injected<I extends Injections> = { readonly [N in keyof I]: I[N] extends Token<infer T> ? T : never };
type Part<S extends Slot> = S extends { readonly default: string }
  ? Contracts[S['kind']]
  : Contracts[S['kind']] | undefined;
/** Of slots that aren't known anything, so that a plugin of any slots is a plugin. */
type Parts<S extends Slots> = string extends keyof S
  ? Readonly<Record<string, unknown>>
  : { readonly [N in keyof S]: Part<S[N]> };

/** Where a technique comes from. */
export interface Source {
  readonly title?: string;
  readonly arxiv?: string;
  readonly equation?: string;
  readonly url?: string;
}

/** A remark of a plugin about the config it stands in; `path` is relative to its own node. */
export interface PluginRemark {
  readonly level: 'error' | 'warning';
  readonly path?: string;
  readonly message: string;
  readonly hint?: string;
}

/** A list, or one that hangs on the options. Of a method's type, so that a plugin of any options is one of unknown options. */
type ListByOptions<O extends z.ZodObject> = readonly string[] | { of(options: z.output<O>): readonly string[] }['of'];

/** Numbers of float32 that a policy holds. */
export interface ParameterCounts {
  readonly all: number;
  /** Of all those that updates change. */
  readonly trained: number;
  /** Numbers that generation holds in copies of them, joined and laid out for it; 0 where it reads them as they are. */
  readonly copied: number;
  /** Of the largest one: some backends bound what a single tensor takes. */
  readonly largest: number;
}

export interface PluginDefinition<
  K extends Kind = Kind,
  O extends z.ZodObject = z.ZodObject,
  I extends Injections = Injections,
  S extends Slots = Slots,
> {
  readonly kind: K;
  /** kebab-case; its file's name and its value in a config. */
  readonly name: string;
  /** Makes the instance that a run uses. May be async. */
  create(options: z.output<O>, deps: Injected<I> & Parts<S>): Contracts[K] | Promise<Contracts[K]>;
  /** A strict zod schema; defaults, bounds and descriptions of the options live here and nowhere else. */
  readonly options?: O;
  /** One sentence. */
  readonly summary?: string;
  readonly source?: Source;
  /** How it differs from its source; «none» where it doesn't. */
  readonly departures?: string;
  readonly metrics?: MetricDeclarations;
  /** Other names that people search for. Not config values. */
  readonly alsoKnownAs?: readonly string[];
  readonly inject?: I;
  readonly slots?: S;
  /** 'entropy', 'current-log-probs', 'correct', 'reference-log-probs', …: what must be there for it to work. */
  readonly needs?: ListByOptions<O>;
  /** Needs that it fulfils for others. */
  readonly provides?: ListByOptions<O>;
  /** Of rewards: into the score (task), or added to it for kept groups (shaping). Default task. */
  readonly role?: 'task' | 'shaping';
  /**
   * Of policies: the longest prompt and response together, in tokens, where it can be known before the policy is made;
   * prompts that don't fit are then refused before any tensor exists. `folder` is where relative paths start.
   */
  contextLength?(options: z.output<O>, folder: string): number | Promise<number>;
  /**
   * Of policies: how many parameters it has, and what becomes of them, where that can be known before it is made: a model
   * that the backend has no room for is then refused before it is loaded.
   */
  parameters?(
    options: z.output<O>,
    place: { readonly folder: string; readonly vocabularySize: number },
  ): ParameterCounts | Promise<ParameterCounts>;
  /** Of optimizers: tensors of a parameter's shape that it keeps for each one that is trained. */
  readonly moments?: number;
  /**
   * Files (`./my-reward.ts`, from the config's folder) and packages of the user's own that it works with. They are
   * imported with the plugins, before anything heavy; the manifest holds their hashes. `tokens.modules` hands them over.
   */
  modules?(options: z.output<O>): readonly string[];
  /**
   * Files that it begins with, such as the weights of a model: the manifest of a run holds their hashes. `folder` is
   * where relative paths start.
   */
  files?(options: z.output<O>, folder: string): readonly string[];
  /** Cross-checks against the whole config, before any tensor. */
  check?(options: z.output<O>, config: ResolvedConfig, modules: Modules): readonly PluginRemark[];
}

/** A defined plugin: plain data with a brand. */
export type Plugin<K extends Kind = Kind> = PluginDefinition<K> & Branded;

/** The same with lists that may be readonly at any depth: `['+', '-'] as const` is as good as `['+', '-']`. */
type Given<T> = T extends (...values: never[]) => unknown
  ? T
  : T extends object
    ? { readonly [N in keyof T]: Given<T[N]> }
    : T;
/** A schema without options takes none, but says that every key is never: also those that the engine reads. */
type InputOf<O extends z.ZodType> = string extends keyof z.input<O> ? object : Given<z.input<O>>;

/** The options that a config may give for a plugin, before defaults. */
export type OptionsOf<P> = P extends { readonly options?: infer O }
  ? NonNullable<O> extends z.ZodType
    ? InputOf<NonNullable<O>>
    : object
  : object;

/** A plugin without options, injections or slots. The constraints themselves would let through what is not declared. */
export type NoneDeclared = { readonly [name in never]: never };

/**
 * Defines a plugin. Nothing registers at import; a config or a manifest names it.
 *
 * @example
 *   export default definePlugin({
 *     kind: 'clip-rule', name: 'no-clip',
 *     create: () => ({ perToken: ({ ratio, advantages }) => tf.neg(tf.mul(ratio, advantages)) }),
 *   });
 */
export function definePlugin<
  const K extends Kind,
  O extends z.ZodObject = z.ZodObject<NoneDeclared>,
  const I extends Injections = NoneDeclared,
  const S extends Slots = NoneDeclared,
>(definition: PluginDefinition<K, O, I, S>): PluginDefinition<K, O, I, S> & Branded {
  return { ...definition, [pluginBrand]: 1 };
}

/** Whether a value is a plugin, of this copy of the core or another. */
export function isPlugin(value: unknown): value is Plugin {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && pluginBrand in value;
}

/** The schema of a plugin's options; a plugin without one takes none. */
export function optionsSchema(plugin: Pick<Plugin, 'options'>): z.ZodObject {
  return plugin.options ?? z.strictObject({});
}
