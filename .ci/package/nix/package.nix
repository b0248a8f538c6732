# SPDX-License-Identifier: MIT
# Built from the tree that this file lies in; version and charting library are those which the tree names.
{
  lib,
  stdenv,
  runCommand,
  nodejs,
  cacert,
  wine64,
  pkg-config,
  scdoc,
  cli11,
  fmt,
  tl-expected,
  tomlplusplus,
  nlohmann_json,
  zstd,
  ncurses,
  mosquitto,
  curl,
  libevent,
  qrencode,
}:

let
  tree = ../../..;
  lock = builtins.fromJSON (builtins.readFile (tree + "/bridges/serve/web/package-lock.json"));
  uplot = lock.packages."node_modules/uplot";
  # As the registry has it, so that the checksum of the lock file holds.
  charts =
    runCommand "uplot-${uplot.version}.tgz"
      {
        nativeBuildInputs = [
          nodejs
          cacert
        ];
        outputHashMode = "flat";
        outputHash = uplot.integrity;
      }
      ''
        HOME=$TMPDIR npm pack --ignore-scripts uplot@${uplot.version}
        mv uplot-*.tgz "$out"
      '';
in
stdenv.mkDerivation {
  pname = "pitbridge";
  version = builtins.head (
    builtins.match ".*\nVERSION := ([0-9.]+)\n.*" (builtins.readFile (tree + "/Makefile"))
  );
  src = tree;

  nativeBuildInputs = [
    wine64 # wineg++; no Wine is needed to run it but the one of the game
    pkg-config
    scdoc
    curl # curl-config
  ];
  buildInputs = [
    cli11
    fmt
    tl-expected
    tomlplusplus
    nlohmann_json
    zstd
    ncurses
    mosquitto
    curl
    libevent
    qrencode
  ];

  enableParallelBuilding = true;
  # The library for Windows programs is not installed, and would want MinGW.
  makeFlags = [
    "PITSHM_WIN_BITS="
    "PREFIX=${placeholder "out"}"
  ];
  # What npm fetches where there is a network; and the library of the codes is opened by its name while a tool runs.
  preBuild = ''
    mkdir -p build/web/node_modules/uplot
    tar -xzmf ${charts} --strip-components=1 -C build/web/node_modules/uplot
    export NIX_LDFLAGS="$NIX_LDFLAGS -rpath ${lib.getLib qrencode}/lib"
  '';
  # Nix removes what it has installed by itself.
  postInstall = ''
    rm "$out/lib/pitbridge/installed" "$out/lib/pitbridge/install.sh"
  '';
  # They are stripped, and a Winelib program is no usual library.
  dontStrip = true;
  dontPatchELF = true;

  meta = {
    description = "Telemetry of Windows racing sims under Wine and Proton for native programs";
    license = lib.licenses.mit;
    mainProgram = "pitbridge";
    platforms = [ "x86_64-linux" ];
  };
}
