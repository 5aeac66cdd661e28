// The most bytes that a device moves: each thread copies four vectors, neighbours side by side.

@group(0) @binding(0) var<storage, read_write> to : array<vec4f>;
@group(0) @binding(1) var<storage, read> source : array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group : vec3u, @builtin(num_workgroups) groups : vec3u, @builtin(local_invocation_index) lane : u32) {
  let first = (group.y * groups.x + group.x) * 1024u + lane;
  for (var part = 0u; part < 4u; part++) {
    to[first + part * 256u] = source[first + part * 256u];
  }
}
