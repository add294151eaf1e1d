"""Log-probs of a batch and their gradient in PyTorch: what `npm run bench -- --large` compares with.

    python3 test/bench/torch_gradient.py '{"hidden": 64, "layers": 2, …}'

Prints one line of JSON: seconds of each pass after the first, and the peak memory. The embedding and the output matrix
that is tied to it get no gradient where `frozenEmbedding` is true.
"""

import json
import os
import resource
import sys
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

task = json.loads(sys.argv[1])
torch.set_num_threads(task["threads"])
torch.manual_seed(0)
families = {"llama": (LlamaConfig, LlamaForCausalLM), "qwen2": (Qwen2Config, Qwen2ForCausalLM)}
make_config, make_model = families[task["family"]]
model = make_model(
    make_config(
        vocab_size=task["vocabulary"],
        hidden_size=task["hidden"],
        intermediate_size=task["intermediate"],
        num_hidden_layers=task["layers"],
        num_attention_heads=task["heads"],
        num_key_value_heads=task["keyValueHeads"],
        max_position_embeddings=task["tokens"],
        tie_word_embeddings=True,
    )
)
if task["frozenEmbedding"]:
    model.get_input_embeddings().weight.requires_grad_(False)
if task.get("checkpointing"):
    model.gradient_checkpointing_enable()
model.train()
ids = torch.randint(0, task["vocabulary"], (task["rows"], task["tokens"]))
seconds = []
for _ in range(task["repeats"] + 1):
    started = time.perf_counter()
    model.zero_grad(set_to_none=True)
    logits = model(ids, use_cache=False).logits[:, :-1]
    log_probs = torch.log_softmax(logits, -1).gather(-1, ids[:, 1:, None])
    (-log_probs.mean()).backward()
    torch.nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None])
    seconds.append(time.perf_counter() - started)
    del logits, log_probs

print(
    json.dumps(
        {
            "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
            "parameters": sum(p.numel() for p in model.parameters()),
            "seconds": seconds[1:],
            "peakRssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
