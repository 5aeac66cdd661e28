// First third of a merge: for a chunk of rows and every kernel, the partial sums of |k_i|^2 and k_i . k_partner.
// Grid: x over blocks of 64 kernels, y over chunks. Weights are HWIO: kernel i is column i, so that own reads are in order;
// a partner's element lies in the same row, which the cache holds. Sums run in a fixed order, in two levels.

@group(0) @binding(0) var<uniform> now: Step;
@group(0) @binding(1) var<uniform> layer: Layer;
@group(0) @binding(2) var<storage, read> slots: array<u32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec2f>;  // (|k_i|^2, k_i . k_partner)

const RUN = 8u;  // rows of the inner sum

@compute @workgroup_size(64)
fn dots(@builtin(global_invocation_id) id: vec3u) {
  let n = layer.kernels;
  let i = id.x;
  if (i >= n) {
    return;
  }
  let end = min((id.y + 1u) * layer.chunkRows, layer.rows);
  let choice = slots[now.slot + layer.log + HEADER + i];
  var sum = vec2f(0.0);
  // Every kernel's length is needed, since it may be somebody's partner.
  if (choice == NOT_TRIED) {
    for (var first = id.y * layer.chunkRows; first < end; first += RUN) {
      var part = 0.0;
      for (var row = first; row < min(first + RUN, end); row++) {
        let own = weights[row * n + i];
        part += own * own;
      }
      sum.x += part;
    }
  } else {
    for (var first = id.y * layer.chunkRows; first < end; first += RUN) {
      var part = vec2f(0.0);
      for (var row = first; row < min(first + RUN, end); row++) {
        let own = weights[row * n + i];
        part += own * vec2f(own, weights[row * n + choice]);
      }
      sum += part;
    }
  }
  partials[layer.partials + id.y * n + i] = sum;
}
