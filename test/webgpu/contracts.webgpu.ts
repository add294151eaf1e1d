import { describeContract } from '@dapo/core/testing';
import webgpu from '../../packages/plugins/src/backends/webgpu.js';

/** Those of all other plugins run on this backend in test/contracts/every-plugin. */
describeContract(webgpu, { backends: [webgpu] });
