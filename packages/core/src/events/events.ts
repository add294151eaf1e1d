import { EventEmitter } from 'eventemitter3';
import type { Group, Metrics } from '../contracts/index.js';

/** Event → what listeners are told. Notifications only: not awaited, and nothing they do changes the run. */
export interface Events {
  'run:started': { readonly folder?: string; readonly rolloutSteps: number; readonly fromStep: number };
  'run:ended': { readonly reason: 'budget' | 'stopped' | 'guard'; readonly message?: string };
  'rollout:finished': { readonly step: number; readonly groups: readonly Group[] };
  'rollout:round': { readonly step: number; readonly round: number; readonly groups: number; readonly kept: number };
  'group:dropped': { readonly step: number; readonly group: Group; readonly reason: string };
  'update:finished': { readonly step: number; readonly update: number; readonly metrics: Readonly<Metrics> };
  'step:finished': { readonly step: number; readonly metrics: Readonly<Metrics> };
  'evaluation:finished': { readonly step: number; readonly metrics: Readonly<Metrics> };
  'checkpoint:saved': { readonly step: number; readonly folder: string };
  'guard:acted': { readonly guard: string; readonly action: string; readonly reason: string; readonly step: number };
  log: { readonly level: 'info' | 'warning'; readonly source: string; readonly message: string };
}

export type EventName = keyof Events;
export type Listener<E extends EventName> = (payload: Events[E]) => void;

/** Typed events. A listener that throws or rejects is reported by name through `log`, and the run goes on. */
export class EventBus {
  private readonly emitter = new EventEmitter();
  private readonly wrapped = new Map<EventName, Map<unknown, (payload: unknown) => void>>();

  on<E extends EventName>(event: E, listener: Listener<E>): this {
    const listeners = this.wrapped.get(event) ?? new Map<unknown, (payload: unknown) => void>();
    if (listeners.has(listener)) return this;
    const guarded = (payload: unknown): void => {
      const report = (error: unknown): void => this.reportListener(event, listener.name, error);
      try {
        const result: unknown = listener(payload as Events[E]);
        if (result instanceof Promise) result.catch(report);
      } catch (error) {
        report(error);
      }
    };
    this.wrapped.set(event, listeners.set(listener, guarded));
    this.emitter.on(event, guarded);
    return this;
  }

  off<E extends EventName>(event: E, listener: Listener<E>): this {
    const guarded = this.wrapped.get(event)?.get(listener);
    if (guarded) this.emitter.off(event, guarded);
    this.wrapped.get(event)?.delete(listener);
    return this;
  }

  emit<E extends EventName>(event: E, payload: Events[E]): void {
    this.emitter.emit(event, payload);
  }

  removeAll(): void {
    this.emitter.removeAllListeners();
    this.wrapped.clear();
  }

  private reportListener(event: EventName, name: string, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    const message = `a listener of «${event}» (${name || 'without a name'}) threw: ${text}`;
    if (event === 'log') console.error(message);
    else this.emit('log', { level: 'warning', source: 'events', message });
  }
}
