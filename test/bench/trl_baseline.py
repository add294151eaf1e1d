"""The work of one configuration of `npm run bench` in TRL's GRPOTrainer on the CPU.

    python3 test/bench/trl_baseline.py --config B [--steps 3] [--threads 2]

Prints one line of JSON: of every rollout step but the first, the seconds of generation (with scoring and the log-probs
of the old policy, as TRL prepares a batch) and of its four updates. Needs torch, trl, transformers, datasets, tokenizers.
"""

import argparse
import json
import os
import resource
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import torch
import transformers
import trl
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, LogitsProcessor, LogitsProcessorList, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

END = 1
UPDATES = 4
B = dict(hidden=128, layers=4, heads=4, prompts=32, group=16, prompt_tokens=16, tokens=32, ragged=False)
# The same as packages/cli/src/benchmark/configurations.ts.
CONFIGS = {
    "A": {**B, "hidden": 64, "layers": 2, "tokens": 16},
    "B": B,
    "C": {**B, "hidden": 256, "heads": 8, "prompts": 16, "tokens": 64},
    "D": {**B, "ragged": True},
    "E": {**B, "prompt_tokens": 128},
}

parser = argparse.ArgumentParser()
parser.add_argument("--config", choices=CONFIGS, default="B")
parser.add_argument("--steps", type=int, default=3, help="rollout steps that count")
parser.add_argument("--threads", type=int, default=os.cpu_count())
arguments = parser.parse_args()
config = CONFIGS[arguments.config]
all_steps = arguments.steps + 1
responses = config["prompts"] * config["group"]
torch.set_num_threads(arguments.threads)
torch.manual_seed(0)


def tokenizer_of_characters():
    """One token a character, 64 of them."""
    letters = "0123456789+-*/= abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR"[:62]
    vocabulary = {text: index for index, text in enumerate(["<pad>", "<eos>", *letters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="a"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", padding_side="left")


def fresh_model():
    hidden, heads = config["hidden"], config["heads"]
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=64,
            hidden_size=hidden,
            intermediate_size=-(-int(8 * hidden / 3) // 32) * 32,
            num_hidden_layers=config["layers"],
            num_attention_heads=heads,
            num_key_value_heads=heads,
            max_position_embeddings=256,
            tie_word_embeddings=True,
            bos_token_id=END,
            eos_token_id=END,
            pad_token_id=0,
        )
    )


def prompt(index):
    text = f"{index * 37 % 9973:06d}+{index * 91 % 9967:06d}== "
    return text + "abcdefgh" * ((config["prompt_tokens"] - 16) // 8)


class ForcedLengths(LogitsProcessor):
    """Ends every response at a length of its own, uniform in 1 … the longest, and not before."""

    def __init__(self, start, rows, seed):
        self.start = start
        generator = torch.Generator().manual_seed(seed)
        self.lengths = torch.randint(1, config["tokens"] + 1, (rows,), generator=generator)

    def __call__(self, ids, logits):
        ends = ids.shape[1] - self.start + 1 >= self.lengths
        logits = logits.clone()
        logits[~ends, END] = -float("inf")
        forced = torch.full_like(logits, -float("inf"))
        forced[:, END] = 0
        return torch.where(ends[:, None], forced, logits)


def force_lengths(model):
    generate = model.generate

    def generate_ragged(*positional, input_ids=None, **named):
        rows, start = input_ids.shape
        lengths = LogitsProcessorList([ForcedLengths(start, rows, len(rollout_seconds))])
        return generate(*positional, input_ids=input_ids, logits_processor=lengths, **named)

    model.generate = generate_ragged


def reward(completions, **_):
    return [1.0 if text[:1] in "0123456789" else -1.0 for text in completions]


rollout_seconds, update_seconds, generated_tokens = [], [], []


def take_times(trainer):
    prepare, train = trainer._generate_and_score_completions, trainer.training_step

    def timed_prepare(inputs):
        started = time.perf_counter()
        batch = prepare(inputs)
        rollout_seconds.append(time.perf_counter() - started)
        generated_tokens.append(float(batch["completion_mask"].sum()))
        return batch

    def timed_train(*positional, **named):
        # A step that needs a new rollout makes it first; that is not counted twice.
        before, started = sum(rollout_seconds), time.perf_counter()
        result = train(*positional, **named)
        update_seconds.append(time.perf_counter() - started - (sum(rollout_seconds) - before))
        return result

    trainer._generate_and_score_completions = timed_prepare
    trainer.training_step = timed_train


tokenizer = tokenizer_of_characters()
assert len(tokenizer(prompt(1))["input_ids"]) == config["prompt_tokens"]
model = fresh_model()
if config["ragged"]:
    force_lengths(model)
with tempfile.TemporaryDirectory() as folder:
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=reward,
        train_dataset=Dataset.from_dict({"prompt": [prompt(i) for i in range(2 * config["prompts"] * all_steps)]}),
        processing_class=tokenizer,
        args=GRPOConfig(
            output_dir=folder,
            per_device_train_batch_size=responses // UPDATES,
            gradient_accumulation_steps=1,
            steps_per_generation=UPDATES,
            num_generations=config["group"],
            max_completion_length=config["tokens"],
            max_steps=UPDATES * all_steps,
            loss_type="dapo",
            epsilon=0.2,
            epsilon_high=0.28,
            beta=0.0,
            learning_rate=1e-4,
            temperature=1.0,
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            report_to="none",
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
            generation_kwargs={} if config["ragged"] else {"min_new_tokens": config["tokens"]},
        ),
    )
    take_times(trainer)
    trainer.train()

print(
    json.dumps(
        {
            "config": arguments.config,
            "versions": {"torch": torch.__version__, "trl": trl.__version__, "transformers": transformers.__version__},
            "threads": arguments.threads,
            "parameters": sum(p.numel() for p in model.parameters()),
            "rolloutSeconds": rollout_seconds[1:],
            "updatesSeconds": [sum(update_seconds[i : i + UPDATES]) for i in range(UPDATES, len(update_seconds), UPDATES)],
            "updates": UPDATES,
            "generatedTokens": generated_tokens[1:],
            "peakRssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
