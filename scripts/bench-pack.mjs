/**
 * `npm run bench:pack`: one folder, `dist-bench/`, that runs the bench on any x86-64 Linux machine with a Vulkan driver, with
 * nothing installed and nothing fetched there: Node and Dawn compressed, the bench as one script, the Vulkan loader, and
 * PyTorch's part. `./bench.sh` unpacks into a temporary folder and takes the bench's own options.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { makeBundle } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist-bench');
const mostMegabytes = 60;

if (process.platform !== 'linux' || process.arch !== 'x64')
  fail('The pack is made of this machine’s Node and must be made on x86-64 Linux.');

function fail(message) {
  process.stderr.write(`error bench-pack: ${message}\n`);
  process.exit(1);
}

/** A distribution's Node may need libraries that other machines lack. */
function portableNode() {
  const path = realpathSync(process.execPath);
  const needed = [...execFileSync('ldd', [path], { encoding: 'utf8' }).matchAll(/^\s*(\S+?)\.so/gm)].map(([, name]) => name);
  const common = /^(linux-vdso|libdl|libstdc\+\+|libm|libgcc_s|libpthread|libc|librt|\/lib64\/ld-linux-x86-64)$/;
  const own = needed.filter((name) => !common.test(name));
  if (own.length > 0) fail(`${path} needs ${own.join(', ')}; take Node from nodejs.org.`);
  return path;
}

/** Null where this machine has none: the other one may. */
function vulkanLoader() {
  const { stdout } = spawnSync('ldconfig', ['-p'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}:/sbin:/usr/sbin` },
  });
  const found = /libvulkan\.so\.1 \(libc6,x86-64\) => (\S+)/.exec(stdout ?? '');
  return found === null ? null : realpathSync(found[1]);
}

function compressed(from, to) {
  writeFileSync(join(folder, `${to}.gz`), gzipSync(readFileSync(from), { level: 9 }));
}

const script = (commit) => `#!/bin/sh
# The training-step bench of InMerge Studio (commit ${commit}). Takes its options: ./bench.sh --help
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "\${TMPDIR:-/tmp}/inmerge-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
gzip -dc "$here/node.gz" > "$work/node" && chmod +x "$work/node" || exit 1
mkdir -p "$work/node_modules/webgpu/dist/linux-x64"
gzip -dc "$here/dawn.node.gz" > "$work/node_modules/webgpu/dist/linux-x64/dawn.node" || exit 1
cp "$here/webgpu.js" "$work/node_modules/webgpu/index.js"
cp "$here/webgpu.json" "$work/node_modules/webgpu/package.json"
cp "$here"/main.mjs "$here"/bench_torch.py "$here"/*.wasm "$work"
# The loader of this pack, where the system has none.
if ! PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q 'libvulkan\\.so\\.1' && [ -f "$here/libvulkan.so.1" ]; then
  LD_LIBRARY_PATH="$here\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  export LD_LIBRARY_PATH
fi
# NVIDIA's driver in a container is not always where the loader looks.
if [ -z "$VK_DRIVER_FILES$VK_ICD_FILENAMES" ]; then
  for manifest in /usr/share/vulkan/icd.d/nvidia_icd.json /etc/vulkan/icd.d/nvidia_icd.json /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json; do
    if [ -f "$manifest" ]; then
      VK_DRIVER_FILES=$manifest
      export VK_DRIVER_FILES
      break
    fi
  done
fi
INMERGE_COMMIT=${commit} "$work/node" "$work/main.mjs" "$@"
`;

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
await makeBundle('src/cli/bench/main.ts', folder, { single: true });
compressed(portableNode(), 'node');
const dawn = join(root, 'node_modules', 'webgpu');
compressed(join(dawn, 'dist', 'linux-x64', 'dawn.node'), 'dawn.node');
copyFileSync(join(dawn, 'index.js'), join(folder, 'webgpu.js'));
copyFileSync(join(dawn, 'package.json'), join(folder, 'webgpu.json'));
copyFileSync(join(root, 'scripts', 'bench_torch.py'), join(folder, 'bench_torch.py'));
const wasm = join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');
for (const name of readdirSync(wasm).filter((each) => each.endsWith('.wasm'))) copyFileSync(join(wasm, name), join(folder, name));
const loader = vulkanLoader();
if (loader !== null) copyFileSync(loader, join(folder, 'libvulkan.so.1'));
writeFileSync(join(folder, 'bench.sh'), script(commit));
chmodSync(join(folder, 'bench.sh'), 0o755);

const bytes = readdirSync(folder, { recursive: true }).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
const megabytes = (bytes / 2 ** 20).toFixed(1);
if (bytes > mostMegabytes * 2 ** 20) fail(`dist-bench/ has ${megabytes} MB, more than ${mostMegabytes}.`);
process.stdout.write(
  `dist-bench/: ${megabytes} MB${loader === null ? ', without a Vulkan loader: this machine has none' : ''}. Run dist-bench/bench.sh there.\n`,
);
