// Cosine similarity of all pairs of kernels: the Gram matrix of HWIO weights (kernel i is column i), then its normalisation.
// gram: blocks of 32 x 32 kernels on and above the diagonal (x: column block, y: row block), a span of rows a z; a thread
// sums 4 x 4 pairs in registers, and its neighbours' reads of the same row meet in the cache. Sums run in a fixed order and in
// two levels, for float32 accuracy over many rows.
// CPU truth: similarity.ref.ts.

struct Shape {
  kernels: u32,  // n
  rows: u32,     // d
  spanRows: u32, // rows of one z
  spans: u32,
}

const SIDE = 32u;   // kernels of a block's side
const RUN = 16u;    // rows of the inner sum

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> grams: array<f32>;    // [spans, n, n], upper triangle
@group(0) @binding(3) var<storage, read_write> norms: array<f32>;  // |k_i|; 0 where it is zero or not finite
@group(0) @binding(4) var<storage, read_write> values: array<f32>;   // [n, n]

// Four kernels of one row; those beyond the last stand in for it and are not written.
fn four(row: u32, i: vec4u) -> vec4f {
  let at = row * shape.kernels + i;
  return vec4f(weights[at.x], weights[at.y], weights[at.z], weights[at.w]);
}

@compute @workgroup_size(64)
fn gram(@builtin(workgroup_id) block: vec3u, @builtin(local_invocation_index) thread: u32) {
  if (block.x < block.y) {
    return;
  }
  let firstI = block.y * SIDE + 4u * (thread / 8u);
  let firstJ = block.x * SIDE + 4u * (thread % 8u);
  let last = vec4u(shape.kernels - 1u);
  let kernelsI = min(vec4u(firstI) + vec4u(0u, 1u, 2u, 3u), last);
  let kernelsJ = min(vec4u(firstJ) + vec4u(0u, 1u, 2u, 3u), last);
  let end = min((block.z + 1u) * shape.spanRows, shape.rows);
  var sum = mat4x4f();
  for (var first = block.z * shape.spanRows; first < end; first += RUN) {
    var part = mat4x4f();
    for (var row = first; row < min(first + RUN, end); row++) {
      let a = four(row, kernelsI);
      let b = four(row, kernelsJ);
      part[0] += a.x * b;
      part[1] += a.y * b;
      part[2] += a.z * b;
      part[3] += a.w * b;
    }
    sum += part;
  }
  let n = shape.kernels;
  for (var r = 0u; r < 4u; r++) {
    for (var c = 0u; c < 4u; c++) {
      let i = firstI + r;
      let j = firstJ + c;
      if (i <= j && j < n) {
        grams[(block.z * n + i) * n + j] = sum[r][c];
      }
    }
  }
}

fn total(i: u32, j: u32) -> f32 {
  let n = shape.kernels;
  var sum = 0.0;
  for (var span = 0u; span < shape.spans; span++) {
    sum += grams[(span * n + i) * n + j];
  }
  return sum;
}

// WGSL may assume that NaN does not happen; the bits do not lie.
fn finite(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u;
}

@compute @workgroup_size(64)
fn measure(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.kernels) {
    return;
  }
  let square = total(id.x, id.x);
  var norm = 0.0;
  if (finite(square)) {
    norm = sqrt(square);
  }
  norms[id.x] = norm;
}

@compute @workgroup_size(64)
fn normalise(@builtin(global_invocation_id) id: vec3u) {
  let n = shape.kernels;
  let i = id.y;
  let j = id.x;
  if (j >= n) {
    return;
  }
  let norm = norms[i] * norms[j];
  var value = 0.0;
  if (norm > 0.0) {
    let product = total(min(i, j), max(i, j));
    if (i == j) {
      value = 1.0;
    } else if (finite(product)) {
      value = clamp(product / norm, -1.0, 1.0);
    }
  }
  values[i * n + j] = value;
}
