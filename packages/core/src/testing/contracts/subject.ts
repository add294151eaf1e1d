import type { Disposable, MetricDeclarations } from '../../contracts/index.js';
import { nodeModuleLoader } from '../../node/module-loader.js';
import { needsOf } from '../../plugin/container.js';
import { optionsSchema, type Plugin, type PluginDefinition, type Slot } from '../../plugin/define-plugin.js';
import type { Contracts, Kind } from '../../plugin/kinds.js';
import type { Modules } from '../../plugin/module-loader.js';
import type { RunFolder, Token } from '../../plugin/tokens.js';
import { noInstance, noPart, noStandIn, optionsDoNotFit } from '../testing-errors.js';
import { standInParts } from './stand-in-parts.js';
import { StandIns } from './stand-ins.js';

/** A plugin whatever its options, injections and slots. */
export type AnyPlugin<K extends Kind = Kind> = PluginDefinition<K>;

/** What a contract suite is told beside the plugin; all of it may be left out. */
export interface ContractSettings {
  /** Options as a config gives them, for a plugin that can't be made without. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Dependencies under their names in `inject`; what is left out is a small stand-in. */
  readonly deps?: Readonly<Record<string, unknown>>;
  /** Plugins for its slots, by the name of the slot; what is left out is the plainest of its kind. */
  readonly parts?: Readonly<Record<string, AnyPlugin>>;
}

/** An instance with what it was made from. */
export interface Made<K extends Kind> {
  readonly instance: Contracts[K];
  readonly standIns: StandIns;
  /** What its `create` was handed. */
  readonly deps: Readonly<Record<string, unknown>>;
}

/** The plugin under examination: makes instances of it, and disposes of all it has made. */
export class Subject<K extends Kind = Kind> {
  readonly options: Readonly<Record<string, unknown>>;
  /** Needs and metrics of the plugin and of the plugins in its slots. */
  readonly needs: ReadonlySet<string>;
  readonly metrics: MetricDeclarations;
  readonly label: string;
  private readonly parts: ReadonlyMap<string, Subject>;
  private readonly owned: Disposable[] = [];

  constructor(
    readonly plugin: Plugin<K>,
    readonly settings: ContractSettings = {},
    /** Whether equal inputs must give equal bits. */
    readonly exact = true,
  ) {
    this.label = `${plugin.kind} ${plugin.name}`;
    this.options = parsedOptions(plugin, settings, this.label);
    this.parts = new Map(partsOf(plugin, settings, this.label));
    const below = [...this.parts.values()];
    this.needs = new Set([...needsOf(plugin, this.options), ...below.flatMap((part) => [...part.needs])]);
    const declarations = [plugin.metrics ?? {}, ...below.map((part) => part.metrics)];
    this.metrics = Object.fromEntries(declarations.flatMap((declared) => Object.entries(declared)));
  }

  /** A fresh instance. `extra` options win, as where a run opens a checkpoint. */
  async create(extra: Readonly<Record<string, unknown>> = {}): Promise<Contracts[K]> {
    return (await this.make(extra)).instance;
  }

  /** A fresh instance and what it was handed. */
  async make(extra: Readonly<Record<string, unknown>> = {}, folder?: RunFolder): Promise<Made<K>> {
    const standIns = new StandIns(this.label, this.metrics, folder, await this.importModules());
    this.owned.push(standIns);
    const deps = { ...this.injected(standIns), ...(await this.createParts()) };
    const instance = await this.plugin.create({ ...this.options, ...extra }, deps as never);
    if (typeof instance !== 'object' || instance === null) throw noInstance(this.label, instance);
    this.owned.push({ dispose: () => (instance as Partial<Disposable>).dispose?.() });
    return { instance, standIns, deps };
  }

  /** Disposes of what it has made, the newest first. */
  async release(): Promise<void> {
    for (const made of this.owned.splice(0).reverse()) await made.dispose();
    for (const part of this.parts.values()) await part.release();
  }

  private injected(standIns: StandIns): Record<string, unknown> {
    const entries = Object.entries(this.plugin.inject ?? {}).map(([name, token]: [string, Token<unknown>]) => {
      const value = this.settings.deps?.[name] ?? standIns.resolve(token.key);
      if (value === undefined) throw noStandIn(this.label, name, token.key.description ?? '');
      return [name, value];
    });
    return Object.fromEntries(entries) as Record<string, unknown>;
  }

  /** What its options name of the author's own, from the working folder or whole paths. */
  async importModules(): Promise<Modules> {
    const specifiers = this.plugin.modules?.(this.options as never) ?? [];
    if (specifiers.length === 0) return new Map();
    const loader = nodeModuleLoader();
    const entries = specifiers.map(async (specifier) => [specifier, await loader.load(specifier, '.')] as const);
    return new Map(await Promise.all(entries));
  }

  private async createParts(): Promise<Record<string, unknown>> {
    const made: Record<string, unknown> = {};
    for (const [slot, part] of this.parts) made[slot] = await part.create();
    return made;
  }
}

function parsedOptions(plugin: AnyPlugin, { options = {} }: ContractSettings, label: string): Record<string, unknown> {
  const parsed = optionsSchema(plugin).safeParse(options);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .map(({ path, message }) => `${path.join('.') || 'options'}: ${message}`)
    .join('; ');
  throw optionsDoNotFit(label, issues);
}

function* partsOf(plugin: AnyPlugin, settings: ContractSettings, label: string): Generator<[string, Subject]> {
  for (const [slot, { kind, default: standard }] of Object.entries(
    (plugin.slots ?? {}) as Readonly<Record<string, Slot>>,
  )) {
    const part = settings.parts?.[slot] ?? (standard === undefined ? undefined : standInParts[kind]);
    if (part) yield [slot, new Subject(part as Plugin)];
    else if (standard !== undefined) throw noPart(label, slot, kind);
  }
}
