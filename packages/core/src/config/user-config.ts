import type { Kind } from '../plugin/kinds.js';
import type {
  BudgetSettings,
  CheckpointSettings,
  EvaluationSettings,
  PriceSettings,
  RolloutSettings,
  UpdateSettings,
} from './resolved-config.js';
import type { Weight } from './weight.js';

/** Plugins that no catalogue lists: files and packages. */
export type OpenName = `./${string}` | `../${string}` | `@${string}/${string}` | `dapo-plugin-${string}`;

/**
 * Package → kind → plugin name → options. Every package of plugins adds itself by declaration merging, so that
 * `use: 'clip-higher'` completes in an editor and its options are typed.
 */
export interface PluginCatalogue {
  readonly unlisted: Readonly<Record<Kind, Readonly<Record<OpenName, OpenOptions>>>>;
}
type Listed = Exclude<keyof PluginCatalogue, 'unlisted'>;

/** Options that nobody has declared. A plugin that is named among them is one that there is, with its own options. */
interface OpenOptions {
  readonly use?: OpenName;
  readonly [option: string]: OpenValue;
}
type OpenValue =
  string | number | boolean | null | undefined | readonly OpenValue[] | OpenOptions | Exclude<NamedNode<Kind>, string>;

type EngineKeys = { readonly weight?: Weight };
type NodesOf<Names> = { [N in keyof Names & string]: N | ({ readonly use: N } & EngineKeys & Names[N]) }[keyof Names &
  string];
type NamedNode<K extends Kind> = {
  [P in keyof PluginCatalogue]: K extends keyof PluginCatalogue[P] ? NodesOf<PluginCatalogue[P][K]> : never;
}[keyof PluginCatalogue];

/** Options of the plugins of a kind, one after the other. */
type OptionsOfKind<K extends Kind> = {
  [P in Listed]: K extends keyof PluginCatalogue[P] ? PluginCatalogue[P][K][keyof PluginCatalogue[P][K]] : never;
}[Listed];
type KeysOf<Options> = Options extends unknown ? keyof Options & string : never;
type ValueOf<Options, Key> = Options extends unknown ? (Key extends keyof Options ? Options[Key] : never) : never;
/** What any of them takes under a key; null takes out what a lower layer chose. */
type AnyOptions<Options> = { readonly [Key in KeysOf<Options>]?: ValueOf<Options, Key> | null };
/** Options merged into what a lower layer chose. Which plugin that is can't be seen from here: any of its kind, or another. */
type PartialNode<K extends Kind> = { readonly use?: never } & EngineKeys &
  AnyOptions<OptionsOfKind<K>> &
  Readonly<Record<string, unknown>>;

/** How a config names a plugin: its name, or `{ use, …options }`. */
export type Node<K extends Kind> = NamedNode<K> | PartialNode<K>;
/** Several plugins of a kind: the author's key names the part, `false` takes it out. */
export type NodeMap<K extends Kind> = Readonly<Record<string, Node<K> | false>>;

/** A config as a person writes it. Everything is optional: layers below fill the rest. */
export interface UserConfig {
  /** Preset, path or package, or a list of them from left to right. */
  readonly extends?: string | readonly string[];
  readonly name?: string;
  readonly seed?: number;
  readonly rollout?: Partial<RolloutSettings>;
  readonly update?: Partial<UpdateSettings>;
  readonly evaluation?: Partial<EvaluationSettings>;
  readonly checkpoints?: Partial<CheckpointSettings>;
  readonly budget?: Partial<BudgetSettings>;
  readonly prices?: Partial<PriceSettings>;
  /** Files and packages of plugins. */
  readonly plugins?: readonly string[];
  readonly backend?: Node<'backend'>;
  readonly tokenizer?: Node<'tokenizer'>;
  readonly policy?: Node<'policy'>;
  readonly prompts?: { readonly train?: Node<'prompts'>; readonly heldOut?: Node<'prompts'> };
  readonly sampler?: Node<'sampler'>;
  readonly generator?: Node<'generator'>;
  readonly rewards?: NodeMap<'reward'>;
  readonly filters?: NodeMap<'filter'>;
  readonly signals?: NodeMap<'signal'>;
  readonly advantage?: Node<'advantage'>;
  readonly correction?: Node<'correction'> | false;
  readonly loss?: Node<'loss'>;
  readonly aggregation?: Node<'aggregation'>;
  readonly optimizer?: Node<'optimizer'>;
  readonly schedule?: Node<'schedule'>;
  readonly guards?: NodeMap<'guard'>;
  readonly trackers?: NodeMap<'tracker'>;
}

/** One layer of a config, before anything is checked. */
export type ConfigLayer = UserConfig;

/** Types a config file; returns it as it is. */
export function defineConfig(config: UserConfig): UserConfig {
  return config;
}
