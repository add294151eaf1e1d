import { fileURLToPath } from 'node:url';
import { checkFailed } from './install-errors.js';
import type { RunCommand } from './run-command.js';

export interface Computed {
  readonly product: readonly number[];
  readonly gradient: readonly number[];
  readonly gpu: boolean;
  /** Of TensorFlow itself. */
  readonly version: string;
}

/** X = [[1, 2], [3, 4]]: X · X, and the gradient of its sum, row sums of X plus column sums. */
const EXPECTED = { product: [7, 10, 15, 22], gradient: [7, 11, 9, 13] };

const program = fileURLToPath(new URL('./compute-once.js', import.meta.url));

/** Computes with the TensorFlow in a folder, in a process of its own. */
export async function checkBinding(folder: string, run: RunCommand): Promise<Computed> {
  const { code, stdout, said } = await run(process.execPath, [program, folder], { env: { TF_CPP_MIN_LOG_LEVEL: '2' } });
  const computed = code === 0 ? answerIn(stdout) : undefined;
  if (!computed) throw checkFailed(said);
  const { product, gradient } = computed;
  if (String(product) !== String(EXPECTED.product) || String(gradient) !== String(EXPECTED.gradient))
    throw checkFailed(`product ${product.join(' ')}, gradient ${gradient.join(' ')}`);
  return computed;
}

/** Its last line: TensorFlow.js may greet before it. */
function answerIn(stdout: string): Computed | undefined {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Computed;
  } catch {
    return undefined;
  }
}
