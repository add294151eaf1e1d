import { expect, test } from 'vitest';
import { EventBus, type Events } from './events.js';

const saved: Events['checkpoint:saved'] = { step: 1, folder: 'f' };

function withLog(): { bus: EventBus; log: string[] } {
  const bus = new EventBus();
  const log: string[] = [];
  bus.on('log', ({ message }) => log.push(message));
  return { bus, log };
}

test('a listener that throws is named in the log, and the others are told all the same', () => {
  const { bus, log } = withLog();
  let told = 0;
  bus.on('checkpoint:saved', function careless() {
    throw new Error('oh');
  });
  bus.on('checkpoint:saved', () => (told += 1));
  bus.emit('checkpoint:saved', saved);
  expect(told).toBe(1);
  expect(log).toEqual(['a listener of «checkpoint:saved» (careless) threw: oh']);
});

test('a listener that rejects is named in the log as well', async () => {
  const { bus, log } = withLog();
  bus.on('checkpoint:saved', async function slow() {
    throw new Error('late');
  });
  bus.emit('checkpoint:saved', saved);
  await Promise.resolve();
  await Promise.resolve();
  expect(log).toEqual(['a listener of «checkpoint:saved» (slow) threw: late']);
});

test('off takes a listener away from the event it names, and from that one alone', () => {
  const bus = new EventBus();
  let calls = 0;
  const listener = (): void => void (calls += 1);
  bus.on('checkpoint:saved', listener).on('checkpoint:saved', listener).on('run:ended', listener);
  bus.off('checkpoint:saved', listener);
  bus.emit('checkpoint:saved', saved);
  bus.emit('run:ended', { reason: 'budget' });
  expect(calls).toBe(1);
});
