import { pluginStillAwaited } from '../errors/run-errors.js';
import type { EventBus } from '../events/events.js';
import type { Awaited } from '../plugin/settling.js';

/**
 * Tells in the log of plugins whose answer takes long: a slow one looks like one that hangs. Each is told of again only
 * after twice the time, so that a run whose every step is slow has a few lines of it.
 */
export class LongWaits {
  /** The longest wait told of in seconds, by path. */
  private readonly told = new Map<string, number>();

  constructor(private readonly events: Pick<EventBus, 'emit'>) {}

  /** @param path of the plugin whose call this is; what is waited for may be a call within it */
  of(path: string): NonNullable<Awaited['waiting']> {
    return ({ plugin, when }, seconds) => {
      if (seconds < 2 * (this.told.get(path) ?? 0)) return;
      this.told.set(path, seconds);
      const { message } = pluginStillAwaited(plugin, seconds, when, path);
      this.events.emit('log', { level: 'warning', source: path, message });
    };
  }
}
