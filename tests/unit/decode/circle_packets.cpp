// SPDX-License-Identifier: MIT
// The axes and signs of sims that send packets, by their own documents and apart from the channels.
#include "tests/unit/decode/circle.hpp"

namespace pitbridge::circle {
namespace {

constexpr char kOutSim[] = "pitbridge.udp.lfs.outsim", kOutSim2[] = "pitbridge.udp.lfs.outsim2";
constexpr char kMotionSim[] = "pitbridge.udp.beamng.motionsim", kDirt[] = "pitbridge.udp.dirt.telemetry";
constexpr char kWrc[] = "pitbridge.udp.eawrc.session_update", kDash[] = "pitbridge.udp.forza.dash";
constexpr char kPino[] = "pitbridge.udp.wreckfest2.main", kRbr[] = "pitbridge.udp.rbr.telemetry";
constexpr char kF1[] = "pitbridge.udp.f1.motion", kF1Ex[] = "pitbridge.udp.f1.motionex";

// x to the east, y to the north, z up; the heading from the north by the west. All in the world's frame.
constexpr Raw kLfs[] = {
    {kOutSim, 12, kF32, turn_left},  {kOutSim, 16, kF32, bearing_by_west}, {kOutSim, 28, kF32, pull_east},
    {kOutSim, 32, kF32, pull_north}, {kOutSim, 40, kF32, go_east},         {kOutSim, 44, kF32, go_north},
    {kOutSim, 52, kI32, east_65536}, {kOutSim, 56, kI32, north_65536},     {kOutSim, 60, kI32, up_65536}};
constexpr Raw kLfs2[] = {
    {kOutSim2, 20, kF32, turn_left},  {kOutSim2, 24, kF32, bearing_by_west}, {kOutSim2, 36, kF32, pull_east},
    {kOutSim2, 40, kF32, pull_north}, {kOutSim2, 48, kF32, go_east},         {kOutSim2, 52, kF32, go_north},
    {kOutSim2, 60, kI32, east_65536}, {kOutSim2, 64, kI32, north_65536},     {kOutSim2, 68, kI32, up_65536}};
// The same world; the acceleration of the car to the right; the yaw from the north by the east.
constexpr Raw kBeamNg[] = {{kMotionSim, 4, kF32, east},      {kMotionSim, 8, kF32, north},
                           {kMotionSim, 12, kF32, up},       {kMotionSim, 16, kF32, go_east},
                           {kMotionSim, 20, kF32, go_north}, {kMotionSim, 28, kF32, pull_right},
                           {kMotionSim, 48, kF32, one},      {kMotionSim, 60, kF32, bearing}};
// x to the west, y up, z to the north.
constexpr Raw kDirtRally[] = {
    {kDirt, 16, kF32, west},        {kDirt, 20, kF32, up},         {kDirt, 24, kF32, north},
    {kDirt, 32, kF32, go_west},     {kDirt, 40, kF32, go_north},   {kDirt, 44, kF32, right_west},
    {kDirt, 52, kF32, right_north}, {kDirt, 56, kF32, ahead_west}, {kDirt, 64, kF32, ahead_north}};
constexpr Raw kEaWrc[] = {
    {kWrc, 49, kF32, west},       {kWrc, 53, kF32, up},           {kWrc, 57, kF32, north},
    {kWrc, 61, kF32, go_west},    {kWrc, 69, kF32, go_north},     {kWrc, 73, kF32, pull_west},
    {kWrc, 81, kF32, pull_north}, {kWrc, 85, kF32, left_west},    {kWrc, 93, kF32, left_north},
    {kWrc, 97, kF32, ahead_west}, {kWrc, 105, kF32, ahead_north}, {kWrc, 113, kF32, one}};
// x to the east, y up, z to the north, and turns by the left hand; of the car right, up, forward.
constexpr Raw kForza[] = {{kDash, 244, kF32, east},      {kDash, 248, kF32, up},
                          {kDash, 252, kF32, north},     {kDash, 40, kF32, ahead},
                          {kDash, 20, kF32, pull_right}, {kDash, 48, kF32, turn_right},
                          {kDash, 56, kF32, bearing}};
constexpr Raw kWreckfest[] = {{kPino, 510, kF32, east},
                              {kPino, 514, kF32, up},
                              {kPino, 518, kF32, north},
                              {kPino, 526, kF32, half_turn_sine},
                              {kPino, 534, kF32, half_turn_cosine},
                              {kPino, 552, kF32, ahead},
                              {kPino, 560, kF32, turn_right},
                              {kPino, 568, kF32, pull_right}};
// x to the west, y up, z to the north; lateral forces to the left; the yaw from the north by the west.
constexpr Raw kF125[] = {{kF1, 29, kF32, west},
                         {kF1, 33, kF32, up},
                         {kF1, 37, kF32, north},
                         {kF1, 41, kF32, go_west},
                         {kF1, 49, kF32, go_north},
                         {kF1, 53, kI16, of_32767<ahead_west>},
                         {kF1, 57, kI16, of_32767<ahead_north>},
                         {kF1, 59, kI16, of_32767<right_west>},
                         {kF1, 63, kI16, of_32767<right_north>},
                         {kF1, 65, kF32, pull_left_g},
                         {kF1, 77, kF32, bearing_by_west},
                         {kF1Ex, 177, kF32, turn_left}};
// Of the car forward, right, up.
constexpr Raw kBurns[] = {{kRbr, 88, kF32, ahead}, {kRbr, 116, kF32, pull_right}};

using enum Quantity;

}  // namespace

std::vector<Convention> packet_conventions() {
  return {
      {"lfs_outsim", "live_for_speed", 68, kLfs, {}},
      {"lfs_outsim2", "live_for_speed", 280, kLfs2, {}},
      {"beamng", "beamng", 88, kBeamNg, {kAngularVelocity}},
      {"dirt", "dirt_rally", 264, kDirtRally, {kAcceleration, kAngularVelocity}},
      {"eawrc", "ea_wrc", 237, kEaWrc, {kAngularVelocity}},
      {"forza", "forza_horizon", 324, kForza, {kWorldVelocity}},
      {"wreckfest2", "wreckfest_2", 1218, kWreckfest, {}},
      {"f1", "f1_25", 1349, kF125, {}},
      {"rbr",
       "richard_burns_rally",
       664,
       kBurns,
       {kWorldPosition, kWorldVelocity, kHeading, kAngularVelocity}},
  };
}

}  // namespace pitbridge::circle
