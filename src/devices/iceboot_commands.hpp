// The table of iceboot commands; arguments stand before the words.
#pragma once

#include "devices/command.hpp"
#include "devices/iceboot_reply.hpp"

namespace fat::iceboot {

// clang-format off: a table
inline constexpr Command kBoardType{"getBoardType .s drop", is_stack_number, true};
inline constexpr Command kSoftwareVersion{"softwareVersion .s drop", is_stack_number, true};
inline constexpr Command kSoftwareId{"printSoftwareId", is_one_line, true};
inline constexpr Command kFlashId{"flashID", is_one_line, true};
inline constexpr Command kMainboardId{"mainboardID", is_one_line, true};
inline constexpr Command kIcmId{"icmID", is_one_line, true};
inline constexpr Command kFpgaVersion{"fpgaVersion .s drop", is_stack_number, true};
inline constexpr Command kFlashList{"flashLS", is_flash_table, true};
inline constexpr Command kConfigureFpga{
    "flashConfigureFPGA", is_nothing, false, std::chrono::seconds{10}};
inline constexpr Command kSlowAdc{"sloAdcReadChannel", is_slow_adc, true, std::chrono::seconds{3}};
inline constexpr Command kHvInterlock{"readHVInterlock .s drop", is_stack_number, true};
inline constexpr Command kFlashInterlock{"readFlashInterlock .s drop", is_stack_number, true};
inline constexpr Command kLidInterlock{"readLIDInterlock .s drop", is_stack_number, true};
inline constexpr Command kFpgaInterlock{"readFPGAConfigInterlock .s drop", is_stack_number, true};
inline constexpr Command kLightSensorEnable{
    "readLightSensorPmtHvEnable .s drop", is_stack_number, true};
inline constexpr Command kHvEnabled{"DEggHVEnabled .s drop", is_stack_number, true};
inline constexpr Command kEnableHv{"enableHV", is_nothing};
inline constexpr Command kDisableHv{"disableHV", is_nothing};
inline constexpr Command kSetHv{"setDEggHV", is_nothing};
inline constexpr Command kSetDac{"setDAC", is_nothing};
inline constexpr Command kConstReadout{"setDEggConstReadout", is_nothing};
inline constexpr Command kAdcThreshold{"setDEggADCTriggerThreshold", is_nothing};
inline constexpr Command kFirThreshold{"setDEggFIRTriggerThreshold", is_nothing};
inline constexpr Command kEnableAdcTrigger{"enableDEggADCTrigger", is_nothing};
inline constexpr Command kEnableFirTrigger{"enableDEggFIRTrigger", is_nothing};
inline constexpr Command kEnableExternalTrigger{"enableDEggExternalTrigger", is_nothing};
inline constexpr Command kDisableTriggers{"disableDEggTriggers", is_nothing};
inline constexpr Command kStartStream{"startDEggWfmStream", is_nothing};
inline constexpr Command kWaveformBlock{"readDEggWfmBlock", is_waveform_block};
inline constexpr Command kChargeBlock{"readDEggChargeBlock", is_charge_block};
inline constexpr Command kVariableReadout{"setDEggVariableReadout", is_nothing};
inline constexpr Command kFirCoefficients{"setDEggFIRCoefficients", is_nothing};
inline constexpr Command kStreamSize{"readDEggWfmStream", is_stream_size};
inline constexpr Command kStreamWords{"readDEggWfmStream", is_anything};
inline constexpr Command kPressure{
    "getPressure printPressure", is_first_number, true, std::chrono::seconds{3}};
inline constexpr Command kReboot{"reboot"};
inline constexpr Command kEnableScalers{"enableScalers", is_nothing};
inline constexpr Command kScalerCount{"getScalerCount .s drop", is_stack_number, true};
// clang-format on

}  // namespace fat::iceboot
