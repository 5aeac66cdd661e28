// Last third of a merge, in place: W[r, i] = alpha W[r, i] + (1 - alpha) W[r, j] for every merged pair (equation 3).
// A merge mixes elements of one row only, and a workgroup owns whole rows: it holds all new values in registers until every
// old one was read, so that every read is of the weights that the step began with. No second copy of the weights is needed.
// Kernels that did not merge are not written at all. Grid: x over groups of rows.

override threads: u32 = 256u;
override columns: u32 = 1u;  // kernels of one thread
override rows: u32 = 16u;    // rows of one workgroup; columns * rows <= 16

@group(0) @binding(0) var<uniform> now: Step;
@group(0) @binding(1) var<uniform> layer: Layer;
@group(0) @binding(2) var<storage, read> slots: array<u32>;
@group(0) @binding(3) var<storage, read_write> weights: array<f32>;

// The partner of a kernel that merged; NOT_TRIED for all others.
fn mergedWith(i: u32) -> u32 {
  if (i >= layer.kernels) {
    return NOT_TRIED;
  }
  let choice = slots[now.slot + layer.log + HEADER + i];
  if (choice == NOT_TRIED || (choice & MERGED) == 0u) {
    return NOT_TRIED;
  }
  return choice & ~MERGED;
}

@compute @workgroup_size(threads)
fn blend(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  // Most steps of a fresh network merge nothing: then the weights need not be read. Nor where nothing would change.
  if (slots[now.slot + layer.log + 1u] == 0u || now.beta == 0.0) {
    return;
  }
  let n = layer.kernels;
  for (var first = group.x * rows; first < layer.rows; first += groups.x * rows) {
    var held: array<f32, 16>;
    for (var c = 0u; c < columns; c++) {
      let i = thread + c * threads;
      let j = mergedWith(i);
      if (j != NOT_TRIED) {
        for (var r = 0u; r < rows; r++) {
          // The last rows stand in for those beyond the end, and are not written.
          let row = min(first + r, layer.rows - 1u) * n;
          held[c * rows + r] = now.alpha * weights[row + i] + now.beta * weights[row + j];
        }
      }
    }
    storageBarrier();
    for (var c = 0u; c < columns; c++) {
      let i = thread + c * threads;
      if (mergedWith(i) != NOT_TRIED) {
        for (var r = 0u; r < min(rows, layer.rows - first); r++) {
          weights[(first + r) * n + i] = held[c * rows + r];
        }
      }
    }
  }
}
