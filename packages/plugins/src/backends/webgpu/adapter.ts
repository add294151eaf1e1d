import type { Gpu, GpuAdapter, GpuDevice } from './device.js';
import { pageGpu } from './navigator.js';

export interface Found {
  readonly gpu: Gpu;
  readonly adapter: GpuAdapter;
}

export interface AdapterChoice {
  readonly adapter: 'default' | 'fallback';
  readonly power: 'high-performance' | 'low-power';
}

/** WebGPU is there and finds nothing to compute on. */
export class NoAdapter extends Error {
  readonly reason: string;
  readonly remedy =
    "Install the GPU's Vulkan driver, or point VK_ICD_FILENAMES to the .json file of one (SwiftShader and lavapipe are " +
    'such drivers in software). Or use the backend wasm';

  constructor({ adapter }: AdapterChoice) {
    const reason =
      adapter === 'fallback'
        ? 'WebGPU found no adapter in software.'
        : 'WebGPU found no adapter: no GPU with a driver.';
    super(reason);
    this.reason = reason;
  }
}

/** Limits that TensorFlow.js wants as high as the adapter has them. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Asks the page for an adapter, and Dawn outside of one. */
export async function findAdapter(choice: AdapterChoice): Promise<Found> {
  const page = pageGpu();
  if (!page && !vulkanLoads()) throw new NoAdapter(choice);
  const gpu = page ?? (await loadDawn());
  const adapter = await gpu.requestAdapter({
    powerPreference: choice.power,
    ...(choice.adapter === 'fallback' && { forceFallbackAdapter: true }),
  });
  if (!adapter) throw new NoAdapter(choice);
  return { gpu, adapter };
}

/** On Linux Dawn needs a Vulkan loader, and where there is none it writes to the terminal, past everything of Node's. */
function vulkanLoads(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1');
  } catch (error) {
    // One that loads is no addon of Node's, and that is said too.
    return !String(error).includes('cannot open shared object file');
  }
  return true;
}

let dawn: Gpu | undefined;

/** WebGPU for Node, and the names that it has in every page. */
async function loadDawn(): Promise<Gpu> {
  if (dawn) return dawn;
  const { create, globals } = (await import('webgpu')) as unknown as {
    readonly create: (options: readonly string[]) => Gpu;
    readonly globals: object;
  };
  Object.assign(globalThis, globals);
  dawn = create([]);
  return dawn;
}

export async function openDevice({ adapter }: Found): Promise<GpuDevice> {
  return adapter.requestDevice({
    // For tf.profile and tf.time.
    requiredFeatures: ['timestamp-query'].filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
}

/** The adapter as a person knows it: `google swiftshader, SwiftShader driver 5.0.0`. A page may keep parts to itself. */
export function nameOf({ adapter: { info } }: Found): string {
  const kind = [info.vendor, info.architecture].filter(Boolean).join(' ');
  const named = [kind, info.description || info.device].filter(Boolean).join(', ');
  return named || 'an adapter without a name';
}
