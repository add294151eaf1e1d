import 'reflect-metadata';
import { container as root, type DependencyContainer } from 'tsyringe';
import type { ResolvedNode } from '../config/resolved-config.js';
import type { Disposable } from '../contracts/index.js';
import { pluginThrew } from '../errors/run-errors.js';
import { injectionMissing } from '../errors/training-errors.js';
import { isDapoError } from '../errors/dapo-error.js';
import { placedAt } from '../errors/placed-at.js';
import type { EventBus } from '../events/events.js';
import { declaredMetrics, type MetricStore } from '../training/metrics.js';
import { KeptTensors } from '../training/kept-tensors.js';
import { LongWaits } from '../training/long-waits.js';
import { PartCalls } from '../training/part-calls.js';
import type { Placed } from '../training/parts.js';
import type { Plugin } from './define-plugin.js';
import type { FoundPlugin } from './manifest.js';
import { isThenable, settling } from './settling.js';
import { tokens, type Logger, type Token } from './tokens.js';

/**
 * The container of one run: a child of tsyringe's root, so that two runs in one process share nothing. Values are
 * registered by token, every plugin instance under its config path as well.
 */
export class RunContainer {
  private readonly child: DependencyContainer = root.createChildContainer();
  /** Of plugins in the slots of others. */
  readonly calls: PartCalls;
  readonly kept = new KeptTensors();
  private readonly waits: LongWaits;
  private readonly instances: { readonly path: string; readonly instance: Partial<Disposable> }[] = [];

  constructor(
    private readonly found: ReadonlyMap<string, FoundPlugin>,
    private readonly store: MetricStore,
    private readonly events: EventBus,
    /** The current rollout step, from 0. */
    step: () => number = () => 0,
  ) {
    this.calls = new PartCalls(step);
    this.waits = new LongWaits(events);
  }

  provide<T>(token: Token<T>, value: T): void {
    this.child.register(token.key, { useValue: value });
  }

  /** The value behind a token, or the instance at a config path. */
  resolve<T>(token: Token<T> | string): T {
    return this.child.resolve<T>(typeof token === 'string' ? token : token.key);
  }

  /** Creates the plugin of a node, its parts first. `extra` options win over the config's: how a checkpoint is opened. */
  async create<T>(path: string, node: ResolvedNode, extra: Record<string, unknown> = {}): Promise<Placed<T>> {
    const { plugin } = this.foundAt(path);
    const parts: Record<string, unknown> = {};
    const needs = [...needsOf(plugin, node.options)];
    for (const [slot, part] of Object.entries(node.parts)) {
      const placed = await this.create<object>(`${path}.${slot}`, part);
      parts[slot] = this.calls.handed(placed);
      needs.push(...placed.needs);
    }
    const deps = { ...this.injected(path, node, plugin), ...parts };
    const label = `${plugin.kind} ${plugin.name}`;
    try {
      const given: unknown = plugin.create({ ...node.options, ...extra } as never, deps as never);
      const created = isThenable(given)
        ? await settling(given, { plugin: label, path, waiting: this.waits.of(path) })
        : given;
      const instance = created as T & Partial<Disposable>;
      this.child.register(path, { useValue: instance });
      this.instances.push({ path, instance });
      const metrics = this.declared(path, node);
      const key = path.split('.').at(-1)!;
      return {
        path,
        key,
        kind: plugin.kind,
        name: plugin.name,
        label,
        instance,
        needs,
        metrics,
        kept: this.kept,
        waits: this.waits,
      };
    } catch (error) {
      if (isDapoError(error)) throw placedAt(error, path);
      throw pluginThrew(plugin.kind, plugin.name, path, 'while it was made', error);
    }
  }

  foundAt(path: string): FoundPlugin {
    return this.found.get(path)!;
  }

  /** Every instance with its path, in the order of creation: what a checkpoint walks. */
  get placed(): readonly { readonly path: string; readonly instance: object }[] {
    return this.instances;
  }

  /** Disposes of the instances, the newest first; of all of them, whichever throws. */
  async dispose(): Promise<void> {
    const newestFirst = this.instances.splice(0).reverse();
    this.child.clearInstances();
    const errors: unknown[] = [];
    for (const { instance } of newestFirst) {
      try {
        await instance.dispose?.();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  private declared(path: string, node: ResolvedNode): Placed<unknown>['metrics'] {
    return declaredMetrics(path, node, (at) => this.foundAt(at).plugin);
  }

  private injected(path: string, node: ResolvedNode, plugin: Plugin): Record<string, unknown> {
    const entries = Object.entries(plugin.inject ?? {}).map(([name, token]) => {
      if (token.key === tokens.metrics.key) return [name, this.store.scoped(path, plugin, this.declared(path, node))];
      if (token.key === tokens.logger.key) return [name, this.logger(path)];
      if (token.key === tokens.modules.key) return [name, this.foundAt(path).modules ?? new Map()];
      if (!this.child.isRegistered(token.key))
        throw injectionMissing(`${plugin.kind} ${plugin.name}`, name, token.key.description ?? '', path);
      return [name, this.child.resolve(token.key)];
    });
    return Object.fromEntries(entries) as Record<string, unknown>;
  }

  private logger(source: string): Logger {
    return {
      info: (message) => this.events.emit('log', { level: 'info', source, message }),
      warn: (message) => this.events.emit('log', { level: 'warning', source, message: `${source}: ${message}` }),
    };
  }
}

/** What a plugin provides with these options. */
export function providesOf(plugin: Plugin, options: Readonly<Record<string, unknown>>): readonly string[] {
  const { provides } = plugin;
  return typeof provides === 'function' ? provides(options as never) : (provides ?? []);
}

/** What a plugin needs with these options. */
export function needsOf(plugin: Plugin, options: Readonly<Record<string, unknown>>): readonly string[] {
  const { needs } = plugin;
  return typeof needs === 'function' ? needs(options as never) : (needs ?? []);
}
