// Somebody else's client: python3 and a socket, speaking by the original's rules (reference section
// 2).
#include <cstdio>
#include <fstream>

#include <gmock/gmock.h>

#include "fat/sim/station_thread.hpp"
#include "sim/temp_folder.hpp"

namespace fat {
namespace {

constexpr const char* kClient = R"(
import socket, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)
s.settimeout(5)
def cmd(line):
    s.sendall((line + '\r\n').encode())
    data = b''
    while not data.endswith(b'\r\n> '):
        chunk = s.recv(128)
        if not chunk: raise SystemExit('closed')
        data += chunk
    return data[len(line) + 2:-4].decode()
def strip_stack(text): return text[text.index(' ') + 1:]
cmd('boot'); cmd('true setecho')
assert cmd('disableLogOutput') in '01'
assert cmd('sdrop') == ''
assert cmd('getBoardType .s drop') == '<1> 113 '
assert int(strip_stack(cmd('fpgaVersion .s drop'))) == 272
assert len(cmd('flashID')) == 32 and len(cmd('icmID')) == 16
assert len(cmd('nonsense')) > 0
assert 10 < float(cmd('7 sloAdcReadChannel').split()[3]) < 30
assert 300 < float(cmd('getPressure printPressure').split()[0]) < 850
rows = [r.split() for r in cmd('flashLS').split('\r\n')]
last = dict(zip(rows[0], rows[-1]))
assert len(rows[0]) == len(rows[-1]) and int(last['Size']) > 0
assert cmd('s" %s" flashConfigureFPGA' % last['Name']) == ''
assert cmd('0 enableHV') == '' and strip_stack(cmd('0 DEggHVEnabled .s drop')) == '1 '
assert len(cmd('sloAdcReadAll').split('\r\n')) == 16
print('all good')
)";

TEST(VirtualStation, ServesAClientThatFollowsTheOriginalsRules) {
  const TempFolder folder;
  const auto script = folder.path() / "client.py";
  std::ofstream{script} << kClient;
  StationThread served{{.modules = 2}};
  const auto command =
      "python3 " + script.string() + " " + std::to_string(served.station().ports()[1]) + " 2>&1";

  auto* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output(4096, '\0');
  output.resize(std::fread(output.data(), 1, output.size(), pipe));
  const int status = ::pclose(pipe);

  EXPECT_EQ(output, "all good\n");
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace fat
