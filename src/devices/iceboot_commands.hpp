// The table of iceboot commands; arguments stand before the words.
#pragma once

#include "devices/command.hpp"
#include "devices/iceboot_reply.hpp"

namespace fat::iceboot {

// clang-format off: a table
inline constexpr DeviceCommand kBoardType{"getBoardType .s drop", is_stack_number, true};
inline constexpr DeviceCommand kSoftwareVersion{"softwareVersion .s drop", is_stack_number, true};
inline constexpr DeviceCommand kSoftwareId{"printSoftwareId", is_one_line, true};
inline constexpr DeviceCommand kFlashId{"flashID", is_one_line, true};
inline constexpr DeviceCommand kMainboardId{"mainboardID", is_one_line, true};
inline constexpr DeviceCommand kIcmId{"icmID", is_one_line, true};
inline constexpr DeviceCommand kFpgaVersion{"fpgaVersion .s drop", is_stack_number, true};
inline constexpr DeviceCommand kFlashList{"flashLS", is_flash_table, true};
inline constexpr DeviceCommand kConfigureFpga{
    "flashConfigureFPGA", is_nothing, false, std::chrono::seconds{10}};
inline constexpr DeviceCommand kSlowAdc{
    "sloAdcReadChannel", is_slow_adc, true, std::chrono::seconds{3}};
inline constexpr DeviceCommand kHvInterlock{"readHVInterlock .s drop", is_stack_number, true};
inline constexpr DeviceCommand kFlashInterlock{"readFlashInterlock .s drop", is_stack_number, true};
inline constexpr DeviceCommand kLidInterlock{"readLIDInterlock .s drop", is_stack_number, true};
inline constexpr DeviceCommand kFpgaInterlock{
    "readFPGAConfigInterlock .s drop", is_stack_number, true};
inline constexpr DeviceCommand kLightSensorEnable{
    "readLightSensorPmtHvEnable .s drop", is_stack_number, true};
inline constexpr DeviceCommand kHvEnabled{"DEggHVEnabled .s drop", is_stack_number, true};
inline constexpr DeviceCommand kEnableHv{"enableHV", is_nothing};
inline constexpr DeviceCommand kDisableHv{"disableHV", is_nothing};
inline constexpr DeviceCommand kSetHv{"setDEggHV", is_nothing};
inline constexpr DeviceCommand kSetDac{"setDAC", is_nothing};
inline constexpr DeviceCommand kConstReadout{"setDEggConstReadout", is_nothing};
inline constexpr DeviceCommand kAdcThreshold{"setDEggADCTriggerThreshold", is_nothing};
inline constexpr DeviceCommand kFirThreshold{"setDEggFIRTriggerThreshold", is_nothing};
inline constexpr DeviceCommand kEnableAdcTrigger{"enableDEggADCTrigger", is_nothing};
inline constexpr DeviceCommand kEnableFirTrigger{"enableDEggFIRTrigger", is_nothing};
inline constexpr DeviceCommand kEnableExternalTrigger{"enableDEggExternalTrigger", is_nothing};
inline constexpr DeviceCommand kDisableTriggers{"disableDEggTriggers", is_nothing};
inline constexpr DeviceCommand kStartStream{"startDEggWfmStream", is_nothing};
inline constexpr DeviceCommand kWaveformBlock{"readDEggWfmBlock", is_waveform_block};
inline constexpr DeviceCommand kChargeBlock{"readDEggChargeBlock", is_charge_block};
inline constexpr DeviceCommand kVariableReadout{"setDEggVariableReadout", is_nothing};
inline constexpr DeviceCommand kFirCoefficients{"setDEggFIRCoefficients", is_nothing};
inline constexpr DeviceCommand kStreamSize{"readDEggWfmStream", is_stream_size};
inline constexpr DeviceCommand kStreamWords{"readDEggWfmStream", is_anything};
inline constexpr DeviceCommand kPressure{
    "getPressure printPressure", is_first_number, true, std::chrono::seconds{3}};
inline constexpr DeviceCommand kReboot{"reboot"};
inline constexpr DeviceCommand kEnableScalers{"enableScalers", is_nothing};
inline constexpr DeviceCommand kScalerCount{"getScalerCount .s drop", is_stack_number, true};
// clang-format on

}  // namespace fat::iceboot
