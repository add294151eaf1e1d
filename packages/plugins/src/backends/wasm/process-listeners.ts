const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Runs `start` and takes away the process listeners that it leaves behind. Emscripten's start-up code, inside
 * TensorFlow.js's wasm backend, adds two that rethrow whatever they hear and so hide the place of every later error.
 */
export async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  const before = EVENTS.map((event) => process.listeners(event as 'uncaughtException'));
  try {
    return await start();
  } finally {
    EVENTS.forEach((event, i) => {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]!.includes(listener)) process.removeListener(event, listener);
      }
    });
  }
}
